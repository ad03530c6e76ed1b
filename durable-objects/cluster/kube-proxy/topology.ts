// Which endpoints of a Service port a node may send traffic to. kubernetes: pkg/proxy/topology.go
import type { Ip } from '#net/ip.ts'
import { endpointText, type ProxyEndpoint } from './endpoint.ts'
import { type ServicePort, usesClusterEndpoints, usesLocalEndpoints } from './service-port.ts'

type Endpoints = readonly ProxyEndpoint[]

/** Where the traffic starts. */
export interface NodePlace {
  readonly nodeName: string
  /** The label topology.kubernetes.io/zone, '' without it. */
  readonly zone: string
  /** The node's primary address: source ranges of a load balancer that hold it let the node itself through. */
  readonly nodeIP?: Ip
}

export interface CategorizedEndpoints {
  /** For the traffic policy Cluster. Empty if the port never uses it. */
  readonly cluster: Endpoints
  /** For the traffic policy Local. Empty if the port never uses it. */
  readonly local: Endpoints
  /** Both together, each endpoint once. */
  readonly reachable: Endpoints
  /** There are usable endpoints somewhere, if not for this node. */
  readonly hasAny: boolean
}

const NONE: Endpoints = Object.freeze([])

const isServingTerminating = (endpoint: ProxyEndpoint): boolean =>
  endpoint.isServing && endpoint.isTerminating

/**
 * Ready endpoints, or those that end but still serve if none is ready; the choice is made apart for each policy.
 * Lists keep the order of `endpoints`. kubernetes: CategorizeEndpoints
 */
export const categorizeEndpoints = (
  endpoints: Endpoints,
  port: ServicePort,
  place: NodePlace,
): CategorizedEndpoints => {
  const usesCluster = usesClusterEndpoints(port)
  const available = usesCluster ? availableAt(endpoints, place) : undefined
  const cluster = usesCluster ? clusterEndpoints(endpoints, available) : NONE
  if (!usesLocalEndpoints(port))
    return { cluster, local: NONE, reachable: cluster, hasAny: cluster.length > 0 }
  const local = localEndpoints(endpoints, place.nodeName)
  const hasAny =
    cluster.length > 0 ||
    endpoints.some((endpoint) => endpoint.isReady || isServingTerminating(endpoint))
  const reachable = usesCluster ? union(endpoints, cluster, local) : local
  return { cluster, local, reachable, hasAny }
}

/** The endpoints depend on the node that asks, so that nodes cannot share what follows from them. */
export const dependsOnNode = (endpoints: Endpoints, port: ServicePort): boolean =>
  usesLocalEndpoints(port) ||
  (port.loadBalancerSourceRanges.length > 0 && port.loadBalancerVIPs.length > 0) ||
  endpoints.some(({ zoneHints, nodeHints }) => zoneHints.length > 0 || nodeHints.length > 0)

const clusterEndpoints = (
  endpoints: Endpoints,
  isAvailable: ((endpoint: ProxyEndpoint) => boolean) | undefined,
): Endpoints => {
  const ready = endpoints.filter(
    (endpoint) => endpoint.isReady && (isAvailable?.(endpoint) ?? true),
  )
  return ready.length > 0 ? ready : endpoints.filter(isServingTerminating)
}

const localEndpoints = (endpoints: Endpoints, nodeName: string): Endpoints => {
  const local = endpoints.filter((endpoint) => endpoint.nodeName === nodeName)
  const ready = local.filter(({ isReady }) => isReady)
  return ready.length > 0 ? ready : local.filter(isServingTerminating)
}

const union = (endpoints: Endpoints, a: Endpoints, b: Endpoints): Endpoints => {
  const wanted = new Set([...a, ...b].map(endpointText))
  return wanted.size === a.length
    ? a
    : endpoints.filter((endpoint) => wanted.has(endpointText(endpoint)))
}

/**
 * The hints count only if every ready endpoint has one and one of them names this node (or, failing that, this zone).
 * undefined: all endpoints are available. kubernetes: topologyModeFromHints, availableForTopology
 */
const availableAt = (
  endpoints: Endpoints,
  { nodeName, zone }: NodePlace,
): ((endpoint: ProxyEndpoint) => boolean) | undefined => {
  const ready = endpoints.filter(({ isReady }) => isReady)
  const hintsFor = (
    hintsOf: (endpoint: ProxyEndpoint) => readonly string[],
    here: string,
  ): ((endpoint: ProxyEndpoint) => boolean) | undefined => {
    const isHere = (endpoint: ProxyEndpoint) => hintsOf(endpoint).includes(here)
    return ready.every((endpoint) => hintsOf(endpoint).length > 0) && ready.some(isHere)
      ? isHere
      : undefined
  }
  return (
    hintsFor(({ nodeHints }) => nodeHints, nodeName) ?? hintsFor(({ zoneHints }) => zoneHints, zone)
  )
}
