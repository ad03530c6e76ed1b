// kubernetes: kubectl pkg/cmd/create/create_service.go
import type { JsonObject } from '#apimachinery/object.ts'
import { createGenerated, metadataFor, nameOf } from '#kubectl/commands/create/generated.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

interface Port {
  readonly port: number
  readonly target: number | string
  readonly name: string
}

const MOST_PORT = 65_535

const numberOf = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw new KubectlFailure(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** `80:8080`. kubernetes: parsePorts */
const portOf = (text: string): Port => {
  const colon = text.indexOf(':')
  const [left, right] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  const port = numberOf(left)
  if (port < 1 || port > MOST_PORT)
    throw new KubectlFailure('must be between 1 and 65535, inclusive')
  const target = right === '' ? port : /^\d+$/.test(right) ? Number(right) : right
  return { port, target, name: text.replaceAll(':', '-') }
}

const service =
  (type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'): CommandBody =>
  (run) => {
    const { flags } = run
    const name = nameOf(run)
    const tcp = flags.list('tcp')
    checkClusterIP(run, type, tcp)
    const nodePort = type === 'NodePort' ? flags.int('node-port') : 0
    const ports = tcp.map((text): JsonObject => {
      const port = portOf(text)
      return {
        name: port.name,
        protocol: 'TCP',
        port: port.port,
        targetPort: port.target,
        ...(nodePort > 0 ? { nodePort } : {}),
      }
    })
    const clusterIP = type === 'ClusterIP' ? flags.string('clusterip') : ''
    const labels = { app: name }
    createGenerated(
      run,
      {
        kind: 'Service',
        apiVersion: 'v1',
        metadata: metadataFor(run, name, { labels }),
        spec: {
          ...(ports.length === 0 ? {} : { ports }),
          selector: labels,
          ...(clusterIP === '' ? {} : { clusterIP }),
          type,
          ...(type === 'ExternalName' ? { externalName: flags.string('external-name') } : {}),
        },
        status: { loadBalancer: {} },
      },
      `failed to create ${type} service`,
    )
  }

const checkClusterIP = ({ flags }: Invocation, type: string, tcp: readonly string[]): void => {
  if (type === 'ExternalName') return
  if (tcp.length === 0 && !(type === 'ClusterIP' && flags.string('clusterip') === 'None'))
    throw new KubectlFailure('at least one tcp port specifier must be provided')
}

export const clusterIPService = service('ClusterIP')
export const nodePortService = service('NodePort')
export const loadBalancerService = service('LoadBalancer')
export const externalNameService = service('ExternalName')
