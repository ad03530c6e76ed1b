// What kube-proxy writes when it starts: chains that are there without any Service, and how packets get into them.
// kubernetes: pkg/proxy/iptables/proxier.go iptablesJumpChains, syncProxyRules
import type { Ip } from '#net/ip.ts'
import type { BaseChain, Chain, Change } from '#netfilter/ruleset.ts'
import type { Match, Rule, Statement } from '#netfilter/rule.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { Bundle } from '#kube-proxy/bundle.ts'
import * as chains from './chains.ts'
import { hasLocalhostNodePorts, matchesAll, namedAddresses } from './node-port-addresses.ts'
import {
  ACCEPT,
  address,
  comment,
  DROP,
  host,
  isLocal,
  jump,
  LOOPBACK,
  notAddress,
  RETURN,
  rule,
  stateIs,
} from './rule-parts.ts'

const NEW = stateIs('new')

const portals = (chain: string, text: string): Rule => rule(NEW, comment(text), jump(chain))

const TO_SERVICES = portals(chains.SERVICES, 'kubernetes service portals')
const TO_EXTERNAL = portals(
  chains.EXTERNAL_SERVICES,
  'kubernetes externally-visible service portals',
)
const TO_PROXY_FIREWALL = portals(chains.PROXY_FIREWALL, 'kubernetes load balancer firewall')
const TO_FIREWALL = rule(jump(chains.FIREWALL))
const TO_HEALTH_CHECKS = rule(
  comment('kubernetes health check service ports'),
  jump(chains.NODE_PORTS),
)
const TO_FORWARD = rule(comment('kubernetes forwarding rules'), jump(chains.FORWARD))
const TO_NAT_SERVICES = rule(comment('kubernetes service portals'), jump(chains.SERVICES))
const TO_POSTROUTING = rule(comment('kubernetes postrouting rules'), jump(chains.POSTROUTING))

const builtIn = (
  type: BaseChain['type'],
  hook: BaseChain['hook'],
  priority: number,
  rules: readonly Rule[],
): Chain => ({
  name: hook.toUpperCase(),
  base: { type, hook, priority, policy: 'accept' },
  rules,
})

/** Each rule was put in front of those that were there. */
const BUILT_IN_FILTER: readonly Chain[] = [
  builtIn('filter', 'input', 0, [TO_FIREWALL, TO_PROXY_FIREWALL, TO_HEALTH_CHECKS, TO_EXTERNAL]),
  builtIn('filter', 'forward', 0, [TO_PROXY_FIREWALL, TO_FORWARD, TO_SERVICES, TO_EXTERNAL]),
  builtIn('filter', 'output', 0, [TO_FIREWALL, TO_PROXY_FIREWALL, TO_SERVICES]),
]

const BUILT_IN_NAT: readonly Chain[] = [
  builtIn('nat', 'prerouting', -100, [TO_NAT_SERVICES]),
  builtIn('nat', 'input', 100, []),
  builtIn('nat', 'output', -100, [TO_NAT_SERVICES]),
  builtIn('nat', 'postrouting', 100, [TO_POSTROUTING]),
]

export const base = (settings: ProxySettings): readonly Change[] => [
  { kind: 'table', table: chains.NAT },
  { kind: 'table', table: chains.FILTER },
  ...[...BUILT_IN_NAT, ...natChains(settings)].map((chain) => change(chains.NAT, chain)),
  ...[...BUILT_IN_FILTER, ...filterChains(settings)].map((chain) => change(chains.FILTER, chain)),
]

const change = (table: string, chain: Chain): Change => ({ kind: 'chain', table, chain })

const empty = (name: string): Chain => ({ name, rules: [] })

const natChains = ({ masqueradeMark: mark }: ProxySettings): readonly Chain[] => [
  empty(chains.CANARY),
  empty(chains.SERVICES),
  empty(chains.NODE_PORTS),
  { name: chains.MARK_MASQ, rules: [rule(setMark(mark, mark))] },
  { name: chains.POSTROUTING, rules: masqueradeMarked(mark) },
]

const setMark = (value: number, mask: number): Statement => ({
  kind: 'setMark',
  how: 'xmark',
  value,
  mask,
})

const markIs = (mark: number): Extract<Match, { kind: 'mark' }> => ({
  kind: 'mark',
  value: mark,
  mask: mark,
})

const masqueradeMarked = (mark: number): readonly Rule[] => [
  rule({ ...markIs(mark), isNegated: true }, RETURN),
  // the packet may come by again, for instance out of a tunnel: it must not be masqueraded twice
  rule(setMark(mark, 0)),
  rule(comment('kubernetes service traffic requiring SNAT'), {
    kind: 'masquerade',
    isRandom: true,
  }),
]

const filterChains = (settings: ProxySettings): readonly Chain[] => [
  empty(chains.CANARY),
  empty(chains.SERVICES),
  empty(chains.EXTERNAL_SERVICES),
  empty(chains.NODE_PORTS),
  empty(chains.PROXY_FIREWALL),
  { name: chains.FIREWALL, rules: hasLocalhostNodePorts(settings) ? [BLOCK_LOCALNET] : [] },
  { name: chains.FORWARD, rules: forwardMarked(settings.masqueradeMark) },
]

/** The kernel lets packets for 127.0.0.0/8 in from outside so that node ports work there; nothing else may come that way. */
const BLOCK_LOCALNET = rule(
  notAddress('source', LOOPBACK),
  address('destination', LOOPBACK),
  comment('block incoming localnet connections'),
  { ...stateIs('related', 'established', 'dnat'), isNegated: true },
  DROP,
)

const forwardMarked = (mark: number): readonly Rule[] => [
  rule(stateIs('invalid'), { kind: 'account', name: 'ct_state_invalid_dropped_pkts' }, DROP),
  rule(comment('kubernetes forwarding rules'), markIs(mark), ACCEPT),
  rule(comment('kubernetes forwarding conntrack rule'), stateIs('related', 'established'), ACCEPT),
]

const NODE_PORTS_COMMENT = comment(
  'kubernetes service nodeports; NOTE: this must be the last rule in this chain',
)

/** Every chain that Service ports share is named, whether or not something has to stand last in it. */
export const lastRules = (settings: ProxySettings, nodeIPs: readonly Ip[]): Bundle['rules'] =>
  chains.SHARED_CHAINS.map(({ table, chain }) => ({
    table,
    chain,
    rules:
      table === chains.NAT && chain === chains.SERVICES ? nodePortRules(settings, nodeIPs) : [],
  }))

const nodePortRules = (settings: ProxySettings, nodeIPs: readonly Ip[]): readonly Rule[] => {
  const toNodePorts = jump(chains.NODE_PORTS)
  if (!matchesAll(settings.nodePortAddresses))
    return namedAddresses(settings, nodeIPs).map((ip) =>
      rule(address('destination', host(ip)), NODE_PORTS_COMMENT, toNodePorts),
    )
  const local = [NODE_PORTS_COMMENT, isLocal('destination'), toNodePorts]
  return [
    hasLocalhostNodePorts(settings)
      ? rule(...local)
      : rule(notAddress('destination', LOOPBACK), ...local),
  ]
}
