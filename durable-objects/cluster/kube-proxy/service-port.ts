// What a proxy knows of one port of one Service. kubernetes: pkg/proxy/serviceport.go, types.go
import type { Cidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'

export type TransportProtocol = 'TCP' | 'UDP' | 'SCTP'

/** kubernetes: ServicePortName; its text is `namespace/name:port`, or `namespace/name` for a port without a name. */
export interface ServicePortName {
  readonly namespace: string
  readonly name: string
  /** The port's name, '' if it has none. */
  readonly port: string
  readonly protocol: TransportProtocol
}

/** kubernetes: BaseServicePortInfo, without the name's text and hashes, which are derived. */
export interface ServicePort {
  readonly name: ServicePortName
  readonly clusterIP: Ip
  readonly port: number
  readonly protocol: TransportProtocol
  /** 0: none. */
  readonly nodePort: number
  readonly externalIPs: readonly Ip[]
  /** Addresses of the load balancer that the node itself takes for its own (ipMode VIP). */
  readonly loadBalancerVIPs: readonly Ip[]
  readonly loadBalancerSourceRanges: readonly Cidr[]
  /** How long a client stays with its endpoint; 0: no affinity. */
  readonly stickySeconds: number
  /** 0: none. */
  readonly healthCheckNodePort: number
  readonly isExternalPolicyLocal: boolean
  readonly isInternalPolicyLocal: boolean
}

/** The text of the name: in comments, and what chain names are hashes of. */
export const portNameText = ({ namespace, name, port }: ServicePortName): string =>
  port === '' ? `${namespace}/${name}` : `${namespace}/${name}:${port}`

/** Tells all ports apart: one Service may have two ports of one name that differ in protocol. */
export const portKey = (name: ServicePortName): string => `${portNameText(name)}/${name.protocol}`

/** It can be reached by something else than its cluster IP. */
export const isExternallyAccessible = (port: ServicePort): boolean =>
  port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.externalIPs.length > 0

/** Even with the external policy Local, the cluster's own traffic takes the short way to all endpoints. */
export const usesClusterEndpoints = (port: ServicePort): boolean =>
  !port.isInternalPolicyLocal || isExternallyAccessible(port)

export const usesLocalEndpoints = (port: ServicePort): boolean =>
  port.isInternalPolicyLocal || (port.isExternalPolicyLocal && isExternallyAccessible(port))
