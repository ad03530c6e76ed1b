// How a node sees a Service port. Nodes whose views are equal get the same bundle, so that it is written once.
import { cidrContains } from '#net/cidr.ts'
import type { ProxyEndpoint } from './endpoint.ts'
import type { ServicePort } from './service-port.ts'
import { categorizeEndpoints, type NodePlace } from './topology.ts'

const CLUSTER = 1
const LOCAL = 2
const HERE = 4

/** Equal for nodes whose bundles for the port are equal: everything for which a back end may look at the node. */
export const viewOf = (
  port: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  place: NodePlace,
): string => {
  const { cluster, local } = categorizeEndpoints(endpoints, port, place)
  const { nodeIP } = place
  const isAllowed =
    nodeIP !== undefined && port.loadBalancerSourceRanges.some((cidr) => cidrContains(cidr, nodeIP))
  let view = isAllowed ? 'allowed ' : ''
  // both lists keep the order of the endpoints
  let nextCluster = 0
  let nextLocal = 0
  for (const endpoint of endpoints) {
    let bits = endpoint.nodeName === place.nodeName ? HERE : 0
    if (endpoint === cluster[nextCluster]) {
      bits |= CLUSTER
      nextCluster++
    }
    if (endpoint === local[nextLocal]) {
      bits |= LOCAL
      nextLocal++
    }
    view += bits
  }
  return view
}
