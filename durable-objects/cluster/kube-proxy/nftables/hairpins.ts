// An endpoint that reaches itself by way of its Service would see its own address as the client's and answer itself. Each node lists its
// own endpoints, and gives such packets its own address.
import { formatIp } from '#net/ip.ts'
import { elementKey, type SetElement } from '#netfilter/ruleset.ts'
import type { OwnElement } from '#kube-proxy/backend.ts'
import type { BundleElement } from '#kube-proxy/bundle.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { ServicePort, TransportProtocol } from '#kube-proxy/service-port.ts'
import { categorizeEndpoints, dependsOnNode, type NodePlace } from '#kube-proxy/topology.ts'
import { TABLE } from './parts.ts'
import { PROTOCOLS } from './port-plan.ts'

/** One object, so that an element that comes again is the one that was there. */
const NOTHING_MORE: SetElement = Object.freeze({})

export const HAIRPINS = 'hairpin-connections'

/** Of a port that is the same from everywhere: what each node lists. The same endpoint gives the same object every time. */
export const hairpinsByNode = (
  port: ServicePort,
  endpoints: readonly ProxyEndpoint[],
): readonly OwnElement[] =>
  categorizeEndpoints(endpoints, port, NOWHERE)
    .reachable.filter(({ nodeName }) => nodeName !== '')
    .map((endpoint) => hairpin(endpoint, port.protocol))

const NOWHERE: NodePlace = { nodeName: '', zone: '' }

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
        .map((endpoint) => hairpin(endpoint, port.protocol).element)
    : []

type ByProtocol = Partial<Record<TransportProtocol, OwnElement>>

/** A Service with a thousand endpoints asks for all of them again when one comes. */
const known = new WeakMap<ProxyEndpoint, ByProtocol>()

const hairpin = (endpoint: ProxyEndpoint, protocol: TransportProtocol): OwnElement => {
  let byProtocol = known.get(endpoint)
  if (byProtocol === undefined) known.set(endpoint, (byProtocol = {}))
  return (byProtocol[protocol] ??= newHairpin(endpoint, protocol))
}

const newHairpin = (
  { ip, port, nodeName }: ProxyEndpoint,
  protocol: TransportProtocol,
): OwnElement => {
  const address = formatIp(ip)
  const key = elementKey([address, address, PROTOCOLS[protocol], port])
  return { nodeName, element: { table: TABLE, set: HAIRPINS, key, element: NOTHING_MORE } }
}
