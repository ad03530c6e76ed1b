// What follows from a Service port and its endpoints before anything is written.
import type { Protocol } from '#netfilter/packet.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import type { CategorizedEndpoints } from '#kube-proxy/topology.ts'
import { type PortNames, portNames } from './names.ts'

export interface PortPlan {
  readonly port: ServicePort
  readonly protocol: Protocol
  readonly names: PortNames
  readonly endpoints: CategorizedEndpoints
  /** Endpoints for traffic to the cluster IP, and for traffic that comes from outside. */
  readonly hasInternal: boolean
  readonly hasExternal: boolean
  readonly usesFirewall: boolean
}

export const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const

export const planOf = (port: ServicePort, endpoints: CategorizedEndpoints): PortPlan => {
  const { hasAny, local } = endpoints
  return {
    port,
    protocol: PROTOCOLS[port.protocol],
    names: portNames(port.name),
    endpoints,
    hasInternal: hasAny && !(port.isInternalPolicyLocal && local.length === 0),
    hasExternal: hasAny && !(port.isExternalPolicyLocal && local.length === 0),
    usesFirewall: port.loadBalancerVIPs.length > 0 && port.loadBalancerSourceRanges.length > 0,
  }
}
