// Whether the caller stands where the Service can be reached at all.
import type { Service } from '#api/core/v1/service/types.ts'
import type { Cause, Remedy } from './cause.ts'
import { type DiagnosisContext, namespaceOf, patchCommand, placeOf } from './context.ts'
import { formatIp } from '#net/ip.ts'

export const isOutside = ({ attempt: { from } }: DiagnosisContext): boolean =>
  from !== undefined && ('internet' in from || 'workstation' in from)

/** The name of a Service and its cluster IP mean something only inside the cluster. */
export const outsideCause = (context: DiagnosisContext): Cause | undefined => {
  const { service, attempt } = context
  if (!isOutside(context)) return undefined
  const why = attempt.host === undefined ? whyNowhere(service) : whyNotThere(context, attempt.host)
  if (why === undefined) return undefined
  const remedy = remedyOf(context)
  return {
    code: 'OnlyInsideTheCluster',
    says: `${service.metadata.name} was called from outside the cluster, and ${why}. From outside a Service is reached at a node port or a load balancer.`,
    evidence: [{ place: placeOf(service, 'spec.type'), found: service.spec.type ?? 'ClusterIP' }],
    place: placeOf(service, 'spec.type'),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** However it is called. */
const whyNowhere = ({ spec, metadata: { name } }: Service): string | undefined => {
  const { type = 'ClusterIP', clusterIP, externalIPs = [] } = spec
  if (type === 'ExternalName')
    return `${name} is a name that only the cluster's own DNS knows: outside call ${spec.externalName ?? 'the external name'} itself`
  if (type !== 'ClusterIP' || externalIPs.length > 0) return undefined
  return clusterIP === 'None'
    ? "a headless Service is only a name that the cluster's own DNS knows"
    : `its type is ClusterIP: it has no other address than ${clusterIP ?? 'its cluster IP'}, which only the nodes' rules know`
}

const whyNotThere = (context: DiagnosisContext, host: string): string | undefined => {
  if (host === context.service.spec.clusterIP)
    return `${host} is its cluster IP, an address that only the nodes' rules know`
  return namesOf(context).includes(host.replace(/\.$/, ''))
    ? `${host} is a name that only the cluster's own DNS knows`
    : undefined
}

const namesOf = ({ service }: DiagnosisContext): readonly string[] => {
  const { name = '' } = service.metadata
  const inNamespace = `${name}.${namespaceOf(service)}`
  return [name, inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.cluster.local`]
}

const remedyOf = ({ service, world }: DiagnosisContext): Remedy | undefined => {
  const { type, clusterIP, ports = [] } = service.spec
  const [port] = ports
  const balancer = service.status?.loadBalancer?.ingress?.[0]?.ip
  if (type === 'LoadBalancer' && balancer !== undefined)
    return {
      says: `Call it at its load balancer, ${balancer}.`,
      command: `curl http://${balancer}:${port?.port ?? 80}/`,
    }
  const node = world.nodes().find(({ isOn, isConnected }) => isOn && isConnected)
  const ip = node?.ips[0]
  if (port?.nodePort !== undefined && port.nodePort !== 0 && ip !== undefined)
    return {
      says: `Call it at its node port, ${port.nodePort}, on any node.`,
      command: `curl http://${formatIp(ip)}:${port.nodePort}/`,
    }
  if (clusterIP === 'None' || type === 'ExternalName') return undefined
  const target = placeOf(service, 'spec.type')
  const patch = { spec: { type: 'NodePort' } }
  return {
    says: 'Open a node port, and call it at the address of any node.',
    patch: { target, type: 'merge', patch },
    command: patchCommand(target, patch),
  }
}
