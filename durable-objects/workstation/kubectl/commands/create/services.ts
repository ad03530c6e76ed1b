// kubernetes: kubectl pkg/cmd/create/create_service.go
import type { JsonObject } from '#apimachinery/object.ts'
import {
  isDns1123Subdomain,
  isValidPortName,
  isValidPortNumber,
} from '#apimachinery/validation/names.ts'
import { createGenerated, metadataFor } from '#kubectl/commands/create/generated.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

interface Port {
  readonly port: number
  readonly target: number | string
  readonly name: string
}

const MOST_PORT = 65_535

/** kubernetes: k8s.io/utils/net ParsePort */
const numberOf = (text: string): number => {
  const isNumber = /^\d+$/.test(text)
  if (isNumber && Number(text) <= MOST_PORT) return Number(text)
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  throw new KubectlFailure(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
}

const targetOf = (text: string): number | string => {
  const isNumber = /^[-+]?\d+$/.test(text)
  const target = isNumber ? Number(text) : text
  const errors = typeof target === 'number' ? isValidPortNumber(target) : isValidPortName(target)
  if (errors.length > 0) throw new KubectlFailure(errors.join(','))
  return target
}

/** `80:8080`. kubernetes: parsePorts */
const portOf = (text: string): Port => {
  const [left = '', right] = text.split(':')
  const port = numberOf(left)
  const target = right === undefined ? port : targetOf(right)
  return { port, target, name: text.replaceAll(':', '-') }
}

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

const service =
  (type: ServiceType): CommandBody =>
  (run) =>
    createGenerated(
      run,
      (name) => ({
        kind: 'Service',
        apiVersion: 'v1',
        metadata: metadataFor(run, name, { labels: { app: name } }),
        spec: { ...specOf(run, type), selector: { app: name }, type },
      }),
      `failed to create ${type} service`,
    )

const specOf = (run: Invocation, type: ServiceType): JsonObject => {
  const { flags } = run
  const tcp = flags.list('tcp')
  check(run, type, tcp)
  const nodePort = type === 'NodePort' ? flags.int('node-port') : 0
  return {
    ports: tcp.map((text) => {
      const { name, port, target } = portOf(text)
      return { name, protocol: 'TCP', port, targetPort: target, nodePort }
    }),
    ...(type === 'ClusterIP' ? { clusterIP: flags.string('clusterip') } : {}),
    ...(type === 'ExternalName' ? { externalName: flags.string('external-name') } : {}),
  }
}

/** kubernetes: ServiceOptions.Validate */
const check = ({ flags }: Invocation, type: ServiceType, tcp: readonly string[]): void => {
  if (type === 'ExternalName') {
    const name = flags.string('external-name')
    if (isDns1123Subdomain(name).length > 0)
      throw new KubectlFailure(`invalid service external name ${name}`)
  } else if (tcp.length === 0 && !(type === 'ClusterIP' && flags.string('clusterip') === 'None'))
    throw new KubectlFailure('at least one tcp port specifier must be provided')
}

export const clusterIPService = service('ClusterIP')
export const nodePortService = service('NodePort')
export const loadBalancerService = service('LoadBalancer')
export const externalNameService = service('ExternalName')
