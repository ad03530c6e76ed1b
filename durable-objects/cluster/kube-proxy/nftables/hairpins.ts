// An endpoint that reaches itself by way of its Service would see its own address as the client's and answer itself. Each node lists its
// own endpoints, and gives such packets its own address.
import { formatIp } from '#net/ip.ts'
import { elementKey } from '#netfilter/ruleset.ts'
import type { OwnElement } from '#kube-proxy/backend.ts'
import type { BundleElement } from '#kube-proxy/bundle.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { ServicePort, TransportProtocol } from '#kube-proxy/service-port.ts'
import { categorizeEndpoints, dependsOnNode, type NodePlace } from '#kube-proxy/topology.ts'
import { TABLE } from './parts.ts'
import { PROTOCOLS } from './port-plan.ts'

export const HAIRPINS = 'hairpin-connections'

/** Of a port that is the same from everywhere: what each node lists. */
export const hairpinsByNode = (
  port: ServicePort,
  endpoints: readonly ProxyEndpoint[],
): readonly OwnElement[] =>
  categorizeEndpoints(endpoints, port, { nodeName: '', zone: '' }).reachable.flatMap((endpoint) =>
    endpoint.nodeName === ''
      ? []
      : [{ nodeName: endpoint.nodeName, element: hairpin(endpoint, port.protocol) }],
  )

/** Of a port that nodes see differently: what this node lists. */
export const hairpinsAt = (
  port: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  reachable: readonly ProxyEndpoint[],
  { nodeName }: NodePlace,
): readonly BundleElement[] =>
  dependsOnNode(endpoints, port)
    ? reachable
        .filter((endpoint) => endpoint.nodeName !== '' && endpoint.nodeName === nodeName)
        .map((endpoint) => hairpin(endpoint, port.protocol))
    : []

const hairpin = ({ ip, port }: ProxyEndpoint, protocol: TransportProtocol): BundleElement => {
  const address = formatIp(ip)
  return {
    table: TABLE,
    set: HAIRPINS,
    key: elementKey([address, address, PROTOCOLS[protocol], port]),
    element: {},
  }
}
