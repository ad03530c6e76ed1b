// How the back ends (iptables, nftables) are asked: pure functions from what a proxy knows to what it writes.
import type { Cidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import type { Change } from '#netfilter/ruleset.ts'
import type { Bundle, BundleElement, BundleSet } from './bundle.ts'
import type { ProxyEndpoint } from './endpoint.ts'
import type { ServicePort } from './service-port.ts'
import type { NodePlace } from './topology.ts'

/** How a proxy tells the cluster's own traffic. kubernetes: DetectLocalMode */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  /** Nothing is known to be local. */
  | { readonly kind: 'none' }
  | { readonly kind: 'bridge'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string }

/** What of the configuration and of the node the rules depend on. Equal values on two nodes are one object where that is cheap. */
export interface ProxySettings {
  readonly localDetector: LocalDetector
  readonly masqueradeAll: boolean
  /** 1 << masqueradeBit: 0x4000. */
  readonly masqueradeMark: number
  /** Node ports are reached at 127.0.0.1 too (iptables only). */
  readonly localhostNodePorts: boolean
  /** Empty: every address of the node (iptables), the primary address (nftables). */
  readonly nodePortAddresses: readonly Cidr[]
  /** The ServiceCIDR objects' ranges. */
  readonly serviceCIDRs: readonly Cidr[]
  /** There are more endpoints than LARGE_CLUSTER_ENDPOINTS: rules about endpoints have no comments (iptables only). */
  readonly isLargeCluster?: boolean
}

export interface Backend {
  /** With more endpoints than this `isLargeCluster` holds. */
  readonly largeClusterEndpoints?: number
  /**
   * What the proxy writes when it starts on a node: its tables, base chains, sets. Rules that stand behind those of all Services
   * in a shared chain ("this must be the last rule in this chain") are given by `lastRules`.
   */
  readonly base: (settings: ProxySettings, nodeIPs: readonly Ip[]) => readonly Change[]
  readonly lastRules: (settings: ProxySettings, nodeIPs: readonly Ip[]) => Bundle['rules']
  /**
   * `endpoints` are all of the port's, in the order of their text; `place` counts only if they depend on the node, and then only for
   * which endpoints topology allows, which run here, and whether the source ranges hold the node (node-view.ts).
   */
  readonly bundle: (
    port: ServicePort,
    endpoints: readonly ProxyEndpoint[],
    place: NodePlace,
    settings: ProxySettings,
  ) => Bundle
  /** Sets in `base` whose elements are each node's own: filled with what is the node's own whatever the Services are. */
  readonly ownSets?: (settings: ProxySettings, nodeIPs: readonly Ip[]) => readonly BundleSet[]
  /**
   * What a port adds to such sets on the nodes where its endpoints run, unless nodes see it differently (topology.ts' dependsOnNode):
   * then its bundles have it.
   */
  readonly ownElements?: (
    port: ServicePort,
    endpoints: readonly ProxyEndpoint[],
    settings: ProxySettings,
  ) => readonly OwnElement[]
}

/** An element on one node. */
export interface OwnElement {
  readonly nodeName: string
  readonly element: BundleElement
}
