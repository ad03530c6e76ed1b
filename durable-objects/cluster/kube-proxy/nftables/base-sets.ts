// The sets and maps of the table that exist whatever Services there are.
import { type Cidr, cidrContains } from '#net/cidr.ts'
import { formatIp, type Ip, isLoopback } from '#net/ip.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Change, DataType, ElementSet, SetElement } from '#netfilter/ruleset.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { BundleSet } from '#kube-proxy/bundle.ts'
import { HAIRPINS } from './hairpins.ts'
import { TABLE } from './parts.ts'

const SERVICE: readonly DataType[] = ['ipv4_addr', 'inet_proto', 'inet_service']
const NODE_PORT: readonly DataType[] = ['inet_proto', 'inet_service']

const emptySet = (name: string, types: readonly DataType[], comment: string): ElementSet => ({
  name,
  types,
  comment,
  elements: PersistentMap.empty<SetElement>(),
})

const emptyMap = (name: string, types: readonly DataType[], comment: string): ElementSet => ({
  ...emptySet(name, types, comment),
  isMap: true,
})

const HAIRPIN_CONNECTIONS = emptySet(
  HAIRPINS,
  ['ipv4_addr', 'ipv4_addr', 'inet_proto', 'inet_service'],
  'service hairpin connections',
)

const CLUSTER_IPS = emptySet('cluster-ips', ['ipv4_addr'], 'Active ClusterIPs')

const NODE_PORT_IPS = emptySet('nodeport-ips', ['ipv4_addr'], 'IPs that accept NodePort traffic')

const MAPS: readonly ElementSet[] = [
  emptyMap(
    'no-endpoint-services',
    SERVICE,
    'vmap to drop or reject packets to services with no endpoints',
  ),
  emptyMap(
    'no-endpoint-nodeports',
    NODE_PORT,
    'vmap to drop or reject packets to service nodeports with no endpoints',
  ),
  emptyMap('firewall-ips', SERVICE, 'destinations that are subject to LoadBalancerSourceRanges'),
  emptyMap('service-ips', SERVICE, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'),
  emptyMap('service-nodeports', NODE_PORT, 'NodePort traffic'),
]

const EMPTY_ELEMENT: SetElement = {}

/** Node ports are open at every address of the node. kubernetes: NodePortAddresses MatchAll */
export const matchesAll = (addresses: readonly Cidr[]): boolean =>
  addresses.some(({ network, prefix }) => network.version === 4 && prefix === 0)

export const baseSets = (settings: ProxySettings, nodeIPs: readonly Ip[]): readonly Change[] =>
  [HAIRPIN_CONNECTIONS, CLUSTER_IPS, ...nodePortSets(settings, nodeIPs), ...MAPS].map(
    (set, order) => ({ kind: 'set', table: TABLE, set: { ...set, order } }),
  )

/** Those that differ from node to node. */
export const ownSets = (settings: ProxySettings, nodeIPs: readonly Ip[]): readonly BundleSet[] =>
  baseSets(settings, nodeIPs).flatMap((change) =>
    change.kind === 'set' && OWN.has(change.set.name)
      ? [{ table: change.table, set: change.set }]
      : [],
  )

const OWN: ReadonlySet<string> = new Set([HAIRPINS, NODE_PORT_IPS.name])

/** Without configuration the primary address. Never the loopback: nftables mode does not serve it. */
const nodePortSets = (
  { nodePortAddresses }: ProxySettings,
  nodeIPs: readonly Ip[],
): readonly ElementSet[] => {
  if (matchesAll(nodePortAddresses)) return []
  const ips = nodeIPs.filter((ip) => ip.version === 4)
  const chosen =
    nodePortAddresses.length === 0
      ? ips.slice(0, 1)
      : ips.filter(
          (ip) => !isLoopback(ip) && nodePortAddresses.some((cidr) => cidrContains(cidr, ip)),
        )
  const elements = PersistentMap.of(chosen.map((ip) => [formatIp(ip), EMPTY_ELEMENT]))
  return [{ ...NODE_PORT_IPS, elements }]
}
