// What the proxy writes when it starts: the table, its base chains and the chains that dispatch. kubernetes: setupNFTables
import { parseCidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import type { Hook } from '#netfilter/packet.ts'
import type { Part, Rule } from '#netfilter/rule.ts'
import type { BaseChain, Chain, Change } from '#netfilter/ruleset.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import { baseSets, matchesAll } from './base-sets.ts'
import {
  comment,
  fromOneOf,
  fromPods,
  jump,
  lookup,
  markForMasquerade,
  NODE_PORT_FIELDS,
  rule,
  SERVICE_FIELDS,
  TABLE,
  verdict,
} from './parts.ts'

const DNAT = -100
const FILTER = 0
const SNAT = 100

const NOT_LOOPBACK: Part = {
  kind: 'address',
  side: 'destination',
  cidr: parseCidr('127.0.0.0/8')!,
  isNegated: true,
}

const IS_NEW: Part = { kind: 'state', states: ['new'] }

const baseChain = (
  name: string,
  type: BaseChain['type'],
  hook: Hook,
  priority: number,
  rules: readonly Rule[],
): Chain => ({ name, base: { type, hook, priority, policy: 'accept' }, rules })

const forNew = (to: string): Rule => rule(IS_NEW, jump(to))

const vmap = (map: string, fields: typeof SERVICE_FIELDS): Part => ({ kind: 'vmap', fields, map })

const BASE_CHAINS: readonly Chain[] = [
  // The firewall looks at addresses as the client wrote them, the other filters at what DNAT left as it was.
  baseChain('filter-prerouting-pre-dnat', 'filter', 'prerouting', DNAT - 10, [
    forNew('firewall-check'),
  ]),
  baseChain('filter-output-pre-dnat', 'filter', 'output', DNAT - 10, [forNew('firewall-check')]),
  baseChain('filter-input', 'filter', 'input', FILTER, [
    forNew('nodeport-endpoints-check'),
    forNew('service-endpoints-check'),
  ]),
  baseChain('filter-forward', 'filter', 'forward', FILTER, [
    forNew('service-endpoints-check'),
    forNew('cluster-ips-check'),
  ]),
  baseChain('filter-output', 'filter', 'output', FILTER, [
    forNew('service-endpoints-check'),
    forNew('cluster-ips-check'),
  ]),
  baseChain('nat-prerouting', 'nat', 'prerouting', DNAT, [rule(jump('services'))]),
  baseChain('nat-output', 'nat', 'output', DNAT, [rule(jump('services'))]),
  baseChain('nat-postrouting', 'nat', 'postrouting', SNAT, [rule(jump('masquerading'))]),
]

export const base = (settings: ProxySettings, nodeIPs: readonly Ip[]): readonly Change[] => {
  const chains = [
    ...BASE_CHAINS,
    ...checkChains(settings),
    { name: 'services', rules: servicesRules(settings) },
    { name: 'masquerading', rules: masqueradingRules(settings.masqueradeMark) },
    { name: 'cluster-ips-check', rules: clusterIPsRules(settings) },
    REJECT_CHAIN,
  ]
  return [
    { kind: 'table', table: TABLE, comment: 'rules for kube-proxy' },
    ...baseSets(settings, nodeIPs),
    ...chains.map((chain, order) => ({
      kind: 'chain' as const,
      table: TABLE,
      chain: { ...chain, order },
    })),
  ]
}

const REJECT_CHAIN: Chain = {
  name: 'reject-chain',
  comment: 'helper for @no-endpoint-services / @no-endpoint-nodeports',
  rules: [rule(verdict({ kind: 'reject' }))],
}

const checkChains = ({ nodePortAddresses }: ProxySettings): readonly Chain[] => [
  {
    name: 'nodeport-endpoints-check',
    rules: [
      rule(
        // the chain is reached from the hook input alone: the address is the node's in any case
        matchesAll(nodePortAddresses) ? NOT_LOOPBACK : lookup('nodeport-ips', 'ip daddr'),
        vmap('no-endpoint-nodeports', NODE_PORT_FIELDS),
      ),
    ],
  },
  { name: 'service-endpoints-check', rules: [rule(vmap('no-endpoint-services', SERVICE_FIELDS))] },
  { name: 'firewall-check', rules: [rule(vmap('firewall-ips', SERVICE_FIELDS))] },
]

const servicesRules = (settings: ProxySettings): readonly Rule[] => {
  const atNode: readonly Part[] = matchesAll(settings.nodePortAddresses)
    ? [{ kind: 'isLocal', side: 'destination' }, NOT_LOOPBACK]
    : [lookup('nodeport-ips', 'ip daddr')]
  return [
    ...masqueradeClusterIPs(settings),
    rule(vmap('service-ips', SERVICE_FIELDS)),
    rule(...atNode, vmap('service-nodeports', NODE_PORT_FIELDS)),
  ]
}

/** Whoever reaches a cluster IP from outside expects the answer from it, though the endpoint may be on another node. */
const masqueradeClusterIPs = (settings: ProxySettings): readonly Rule[] => {
  const isClusterIP = lookup('cluster-ips', 'ip daddr')
  const mark = markForMasquerade(settings.masqueradeMark)
  if (settings.masqueradeAll)
    return [rule(isClusterIP, mark, comment('masquerade all clusterIP traffic'))]
  const fromOutside = fromPods(settings.localDetector, true)
  if (fromOutside === undefined) return []
  const about = comment('masquerade clusterIP traffic from outside cluster')
  return [rule(isClusterIP, fromOutside, mark, about)]
}

const masqueradingRules = (mark: number): readonly Rule[] => [
  rule(
    { kind: 'mark', value: 0, mask: mark, isNegated: true },
    // The mark is taken off, so that the packet is not masqueraded again if it comes by once more.
    { kind: 'setMark', how: 'xor', value: mark, mask: 0 },
    { kind: 'masquerade', isRandom: true },
  ),
  rule(
    { kind: 'state', states: ['dnat'] },
    lookup('hairpin-connections', 'ip saddr', 'ip daddr', 'meta l4proto', 'th dport'),
    { kind: 'masquerade', isRandom: true },
  ),
]

const clusterIPsRules = ({ serviceCIDRs }: ProxySettings): readonly Rule[] => {
  const cidrs = serviceCIDRs.filter(({ network }) => network.version === 4)
  const reject = rule(
    lookup('cluster-ips', 'ip daddr'),
    comment('Reject traffic to invalid ports of ClusterIPs'),
    verdict({ kind: 'reject' }),
  )
  if (cidrs.length === 0) return [reject]
  const drop = rule(
    fromOneOf('destination', cidrs, false),
    comment('Drop traffic to unallocated ClusterIPs'),
    verdict({ kind: 'drop' }),
  )
  return [reject, drop]
}
