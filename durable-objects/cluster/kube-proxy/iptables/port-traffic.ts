// What follows for one Service port on one node: which of its chains there are and where its traffic goes.
// kubernetes: pkg/proxy/iptables/proxier.go syncProxyRules, its loop over Service ports
import type { Protocol } from '#netfilter/packet.ts'
import type { Outcome } from '#netfilter/rule.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { isExternallyAccessible, portNameText, type ServicePort } from '#kube-proxy/service-port.ts'
import {
  categorizeEndpoints,
  type CategorizedEndpoints,
  type NodePlace,
} from '#kube-proxy/topology.ts'
import { type ChainNames, chainNames } from './chain-names.ts'
import { DROP, REJECT } from './rule-parts.ts'

/** What becomes of traffic that no endpoint takes. */
export interface Refusal {
  readonly comment: string
  readonly outcome: Outcome
}

export interface PortTraffic {
  readonly port: ServicePort
  /** The port's name as comments write it. */
  readonly text: string
  readonly protocol: Protocol
  readonly chains: ChainNames
  readonly endpoints: CategorizedEndpoints
  readonly settings: ProxySettings
  readonly place: NodePlace
  /** The chain of the cluster IP. */
  readonly internalChain: string
  /** The chain of everything else, once the source is taken care of. */
  readonly externalPolicyChain: string
  /** Absent: there are endpoints for the cluster IP's traffic. */
  readonly internalRefusal?: Refusal
  readonly externalRefusal?: Refusal
  /** Even without an endpoint for traffic from outside, Pods and the node itself get through this chain. */
  readonly usesExternalChain: boolean
  readonly usesFirewall: boolean
}

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const

export const portTraffic = (
  port: ServicePort,
  all: readonly ProxyEndpoint[],
  place: NodePlace,
  settings: ProxySettings,
): PortTraffic => {
  const endpoints = categorizeEndpoints(all, port, place)
  const chains = chainNames(port.name)
  const text = portNameText(port.name)
  const refusalFor = (isLocal: boolean) => refusalOf(text, endpoints, isLocal)
  const internalRefusal = refusalFor(port.isInternalPolicyLocal)
  const externalRefusal = refusalFor(port.isExternalPolicyLocal)
  return {
    port,
    text,
    protocol: PROTOCOLS[port.protocol],
    chains,
    endpoints,
    settings,
    place,
    internalChain: port.isInternalPolicyLocal ? chains.local : chains.cluster,
    externalPolicyChain: port.isExternalPolicyLocal ? chains.local : chains.cluster,
    ...(internalRefusal && { internalRefusal }),
    ...(externalRefusal && { externalRefusal }),
    usesExternalChain: endpoints.hasAny && isExternallyAccessible(port),
    usesFirewall:
      endpoints.hasAny &&
      port.loadBalancerVIPs.length > 0 &&
      port.loadBalancerSourceRanges.length > 0,
  }
}

/** A Service without endpoints answers that nobody listens; with endpoints elsewhere it is silent, so that clients try elsewhere. */
const refusalOf = (
  text: string,
  { hasAny, local }: CategorizedEndpoints,
  isLocal: boolean,
): Refusal | undefined => {
  if (!hasAny) return { comment: `${text} has no endpoints`, outcome: REJECT }
  return isLocal && local.length === 0
    ? { comment: `${text} has no local endpoints`, outcome: DROP }
    : undefined
}
