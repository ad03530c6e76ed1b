// kubernetes: pkg/apis/discovery/validation/validation.go
import { append } from '#apimachinery/append.ts'
import type {
  Endpoint,
  EndpointHints,
  EndpointPort,
  EndpointSlice,
} from '#api/discovery/v1/endpoint-slice/types.ts'
import { validateProtocol } from '#api/core/v1/service/validation-ports.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooMany,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateEndpointIp, validateLegacyIp } from '#apimachinery/validation/ip.ts'
import {
  invalidEach,
  validateFinalizers,
  validateImmutable,
} from '#apimachinery/validation/metadata.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  isValidLabelValue,
} from '#apimachinery/validation/names.ts'
import { parseIpSloppy } from '#net/ip.ts'

const ADDRESS_TYPES: readonly string[] = ['FQDN', 'IPv4', 'IPv6']
const MAX_ADDRESSES = 100
const MAX_PORTS = 20_000
const MAX_ENDPOINTS = 1000
const MAX_HINTS = 8

export const validateEndpointSlice = (slice: EndpointSlice): FieldError[] => [
  ...validateAddressType(slice.addressType ?? ''),
  ...validateEndpoints(slice.endpoints ?? [], slice.addressType),
  ...validatePorts(slice.ports ?? []),
]

/** Slices are updated often and are big: what did not change is not looked at again. */
export const validateEndpointSliceUpdate = (
  slice: EndpointSlice,
  old: EndpointSlice,
): FieldError[] => {
  const isSameType = slice.addressType === old.addressType
  return [
    ...validateFinalizers(slice.metadata.finalizers, 'metadata.finalizers'),
    ...(isSameType ? [] : validateAddressType(slice.addressType ?? '')),
    ...(isSameType && slice.endpoints === old.endpoints
      ? []
      : validateEndpoints(slice.endpoints ?? [], slice.addressType)),
    ...(slice.ports === old.ports ? [] : validatePorts(slice.ports ?? [])),
    ...validateImmutable(slice.addressType, old.addressType, 'addressType'),
  ]
}

const validateAddressType = (type: string): FieldError[] => {
  if (type === '') return [requiredValue('addressType')]
  return ADDRESS_TYPES.includes(type) ? [] : [notSupported('addressType', type, ADDRESS_TYPES)]
}

const validateEndpoints = (endpoints: readonly Endpoint[], type: string): FieldError[] =>
  endpoints.length > MAX_ENDPOINTS
    ? [tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)]
    : endpoints.flatMap((endpoint, index) =>
        validateEndpoint(endpoint, type, at('endpoints', index)),
      )

const validateEndpoint = (endpoint: Endpoint, type: string, path: string): FieldError[] => {
  const errors: FieldError[] = []
  const { addresses = [], nodeName, hostname, hints } = endpoint
  const addressPath = child(path, 'addresses')
  const count = addresses?.length ?? 0
  if (count === 0) errors.push(requiredValue(addressPath, 'must contain at least 1 address'))
  else if (count > MAX_ADDRESSES) errors.push(tooMany(addressPath, count, MAX_ADDRESSES))
  for (const [index, address] of (addresses ?? []).entries())
    append(errors, validateAddress(address, type, addressPath, index))
  if (nodeName !== undefined)
    append(errors, invalidEach(child(path, 'nodeName'), nodeName, isDns1123Subdomain(nodeName)))
  if (hostname !== undefined)
    append(errors, invalidEach(child(path, 'hostname'), hostname, isDns1123Label(hostname)))
  if (hints !== undefined) append(errors, validateHints(hints, child(path, 'hints')))
  return errors
}

const validateAddress = (
  address: string,
  type: string,
  listPath: string,
  index: number,
): FieldError[] => {
  const path = at(listPath, index)
  if (type === 'FQDN') return validateFullyQualifiedName(address, path)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const malformed = validateLegacyIp(path, address)
  if (malformed.length > 0) return malformed
  const version = parseIpSloppy(address)!.ip.version
  return [
    // Upstream names the list here, not the entry.
    ...(`IPv${version}` === type
      ? []
      : [invalidValue(listPath, address, `must be an ${type} address`)]),
    ...validateEndpointIp(address, path),
  ]
}

/** kubernetes: apimachinery pkg/util/validation/validation.go IsFullyQualifiedDomainName */
const validateFullyQualifiedName = (given: string, path: string): FieldError[] => {
  if (given === '') return [requiredValue(path)]
  const name = given.replace(/\.$/, '')
  const messages = isDns1123Subdomain(name)
  if (messages.length > 0) return [invalidValue(path, name, messages.join(','))]
  const labels = name.split('.')
  if (labels.length < 2)
    return [
      invalidValue(path, name, 'should be a domain with at least two segments separated by dots'),
    ]
  for (const label of labels) {
    const wrong = isDns1123Label(label)
    if (wrong.length > 0) return [invalidValue(path, label, wrong.join(','))]
  }
  return []
}

const validateHints = (
  { forZones = [], forNodes = [] }: EndpointHints,
  path: string,
): FieldError[] => {
  const zones = validateHintNames(forZones, child(path, 'forZones'), isValidLabelValue)
  // Too many zones end the check.
  return forZones.length > MAX_HINTS
    ? zones
    : [...zones, ...validateHintNames(forNodes, child(path, 'forNodes'), isDns1123Subdomain)]
}

const validateHintNames = (
  hints: readonly { readonly name: string }[],
  path: string,
  check: (name: string) => readonly string[],
): FieldError[] => {
  if (hints.length > MAX_HINTS) return [tooMany(path, hints.length, MAX_HINTS)]
  const seen = new Set<string>()
  return hints.flatMap(({ name }, index) => {
    const here = child(at(path, index), 'name')
    const repeated = seen.has(name) ? [duplicateValue(here, name)] : []
    seen.add(name)
    return [...repeated, ...invalidEach(here, name, check(name))]
  })
}

const validatePorts = (ports: readonly EndpointPort[]): FieldError[] => {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)]
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const path = at('ports', index)
    const errors = name === '' ? [] : invalidEach(child(path, 'name'), name, isDns1123Label(name))
    if (names.has(name)) errors.push(duplicateValue(child(path, 'name'), name))
    names.add(name)
    append(
      errors,
      protocol === undefined
        ? [requiredValue(child(path, 'protocol'))]
        : validateSetProtocol(protocol, child(path, 'protocol')),
    )
    if (appProtocol !== undefined)
      append(
        errors,
        invalidEach(child(path, 'appProtocol'), appProtocol, isQualifiedName(appProtocol)),
      )
    return errors
  })
}

/** The protocol is a pointer here: an empty one is a wrong one. */
const validateSetProtocol = (protocol: string, path: string): FieldError[] =>
  protocol === ''
    ? [notSupported(path, protocol, ['SCTP', 'TCP', 'UDP'])]
    : validateProtocol(protocol, path)
