import { isExternallyAccessible } from '#api/core/v1/service/type-rules.ts'
import type { Service, ServiceSpec, ServiceStatus } from '#api/core/v1/service/types.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'

const AFFINITY_SECONDS = 10_800
const AFFINITY = { clientIP: { timeoutSeconds: AFFINITY_SECONDS } } as const

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Service */
export const defaultService = (service: Service): Service => {
  const spec = defaultSpec(service.spec ?? {})
  const withSpec = assign(service, { spec })
  const policy =
    isExternallyAccessible(withSpec) && !spec.externalTrafficPolicy
      ? 'Cluster'
      : spec.externalTrafficPolicy
  return assign(withSpec, {
    spec: assign(spec, { externalTrafficPolicy: policy }),
    status: spec.type === 'LoadBalancer' ? withIpMode(service.status) : service.status,
  })
}

const defaultSpec = (spec: ServiceSpec): ServiceSpec => {
  const type = spec.type || 'ClusterIP'
  const hasClusterIp = type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer'
  const ports =
    spec.ports &&
    mapShared(spec.ports, (port) =>
      assign(port, {
        protocol: port.protocol || 'TCP',
        targetPort: port.targetPort || port.port,
      }),
    )
  const filled = fill(assign(spec, { type, ports, ...affinityOf(spec) }), {
    internalTrafficPolicy: hasClusterIp ? 'Cluster' : undefined,
    allocateLoadBalancerNodePorts: type === 'LoadBalancer' ? true : undefined,
  })
  return filled
}

const affinityOf = (
  spec: ServiceSpec,
): { readonly [K in 'sessionAffinity' | 'sessionAffinityConfig']: ServiceSpec[K] | undefined } => {
  const sessionAffinity = spec.sessionAffinity || 'None'
  const given = spec.sessionAffinityConfig
  if (sessionAffinity === 'None') return { sessionAffinity, sessionAffinityConfig: undefined }
  const isMissing = given?.clientIP?.timeoutSeconds === undefined
  return {
    sessionAffinity,
    sessionAffinityConfig: sessionAffinity === 'ClientIP' && isMissing ? AFFINITY : given,
  }
}

const withIpMode = (status: ServiceStatus | undefined): ServiceStatus | undefined => {
  const ingress = status?.loadBalancer?.ingress
  if (status === undefined || ingress === undefined) return status
  const filled = mapShared(ingress, (entry) => (entry.ip ? fill(entry, { ipMode: 'VIP' }) : entry))
  return assign(status, { loadBalancer: assign(status.loadBalancer, { ingress: filled }) })
}
