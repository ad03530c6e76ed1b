// kubernetes: pkg/apis/networking/validation/validation.go ValidateNetworkPolicy*
import { append } from '#apimachinery/append.ts'
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '#api/networking/v1/network-policy/types.ts'
import {
  at,
  child,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateLegacyCidr } from '#apimachinery/validation/ip.ts'
import { invalidEach, validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { isValidPortName, isValidPortNumber } from '#apimachinery/validation/names.ts'
import { cidrContains, parseCidrSloppy } from '#net/cidr.ts'

const PROTOCOLS: readonly string[] = ['TCP', 'UDP', 'SCTP']
const TYPES: readonly string[] = ['Egress', 'Ingress']

export const validateNetworkPolicy = ({ spec }: NetworkPolicy): FieldError[] => {
  const { ingress = [], egress = [], policyTypes = [] } = spec
  const errors = validateLabelSelector(spec.podSelector, 'spec.podSelector')
  for (const [index, { ports = [], from = [] }] of ingress.entries())
    append(errors, validateRule(ports, from, at('spec.ingress', index), 'from'))
  for (const [index, { ports = [], to = [] }] of egress.entries())
    append(errors, validateRule(ports, to, at('spec.egress', index), 'to'))
  if (policyTypes.length > TYPES.length)
    return [
      ...errors,
      invalidValue('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'),
    ]
  for (const [index, type] of policyTypes.entries())
    if (!TYPES.includes(type)) errors.push(notSupported(at('spec.policyTypes', index), type, TYPES))
  return errors
}

const validateRule = (
  ports: readonly NetworkPolicyPort[],
  peers: readonly NetworkPolicyPeer[],
  path: string,
  peersField: string,
): FieldError[] => [
  ...ports.flatMap((port, index) => validatePort(port, at(child(path, 'ports'), index))),
  ...peers.flatMap((peer, index) => validatePeer(peer, at(child(path, peersField), index))),
]

const validatePort = (rule: NetworkPolicyPort, path: string): FieldError[] => {
  const { protocol, port, endPort } = rule
  const errors: FieldError[] = []
  const endPath = child(path, 'endPort')
  const portPath = child(path, 'port')
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    errors.push(notSupported(child(path, 'protocol'), protocol, PROTOCOLS))
  if (typeof port === 'number') {
    for (const message of isValidPortNumber(port))
      errors.push(invalidValue(portPath, port, message))
    if (endPort === undefined) return errors
    if (endPort < port)
      errors.push(invalidValue(endPath, endPort, 'must be greater than or equal to `port`'))
    for (const message of isValidPortNumber(endPort))
      errors.push(invalidValue(endPath, endPort, message))
    return errors
  }
  if (endPort !== undefined) {
    const why = port === undefined ? 'not specified' : 'non-numeric'
    errors.push(invalidValue(endPath, endPort, `may not be specified when \`port\` is ${why}`))
  }
  if (port !== undefined) append(errors, invalidEach(portPath, port, isValidPortName(port)))
  return errors
}

const validatePeer = (peer: NetworkPolicyPeer, path: string): FieldError[] => {
  const { podSelector, namespaceSelector, ipBlock } = peer
  const errors = [
    ...validateLabelSelector(podSelector, child(path, 'podSelector')),
    ...validateLabelSelector(namespaceSelector, child(path, 'namespaceSelector')),
    ...(ipBlock === undefined ? [] : validateIpBlock(ipBlock, child(path, 'ipBlock'))),
  ]
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined
  if (!hasSelector && ipBlock === undefined) errors.push(requiredValue(path, 'must specify a peer'))
  if (hasSelector && ipBlock !== undefined)
    errors.push(forbiddenValue(path, 'may not specify both ipBlock and another peer'))
  return errors
}

const validateIpBlock = ({ cidr: text = '', except = [] }: IPBlock, path: string): FieldError[] => {
  const cidrPath = child(path, 'cidr')
  if (text === '') return [requiredValue(cidrPath)]
  const errors = validateLegacyCidr(cidrPath, text)
  const block = parseCidrSloppy(text)?.cidr
  if (block === undefined) return errors
  for (const [index, exception] of except.entries()) {
    const here = at(child(path, 'except'), index)
    append(errors, validateLegacyCidr(here, exception))
    const inner = parseCidrSloppy(exception)?.cidr
    if (inner === undefined) continue
    if (!cidrContains(block, inner.network) || block.prefix >= inner.prefix)
      errors.push(invalidValue(here, exception, 'must be a strict subset of `cidr`'))
  }
  return errors
}
