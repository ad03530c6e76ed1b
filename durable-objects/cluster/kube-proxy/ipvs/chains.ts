// The chains of the mode ipvs, whose rules are few and the same for every Service. kubernetes: pkg/proxy/ipvs/proxier.go iptablesChains
import { builtInChain } from '#netfilter/iptables-chains.ts'
import type { Part, Rule } from '#netfilter/rule.ts'
import type { Change } from '#netfilter/ruleset.ts'
import { FILTER, NAT } from './ip-sets.ts'

export const SERVICES = 'KUBE-SERVICES'
export const POSTROUTING = 'KUBE-POSTROUTING'
export const NODE_PORT = 'KUBE-NODE-PORT'
export const LOAD_BALANCER = 'KUBE-LOAD-BALANCER'
export const MARK_MASQ = 'KUBE-MARK-MASQ'
export const FORWARD = 'KUBE-FORWARD'
export const PROXY_FIREWALL = 'KUBE-PROXY-FIREWALL'
export const SOURCE_RANGES_FIREWALL = 'KUBE-SOURCE-RANGES-FIREWALL'
export const IPVS_FILTER = 'KUBE-IPVS-FILTER'
export const OUT_FILTER = 'KUBE-IPVS-OUT-FILTER'

/** Filled by what is in sets: see rules.ts. */
export const FILLED: readonly (readonly [table: string, chain: string])[] = [
  [NAT, SERVICES],
  [NAT, POSTROUTING],
  [NAT, NODE_PORT],
  [NAT, LOAD_BALANCER],
  [NAT, MARK_MASQ],
  [FILTER, FORWARD],
  [FILTER, NODE_PORT],
  [FILTER, PROXY_FIREWALL],
  [FILTER, SOURCE_RANGES_FIREWALL],
  [FILTER, IPVS_FILTER],
]

type Jump = readonly [to: string, comment: string]

const PORTALS: Jump = [SERVICES, 'kubernetes service portals']

/** Each rule was put in front of those that were there. */
const BUILT_IN: readonly (readonly [table: string, chain: string, jumps: readonly Jump[]])[] = [
  [NAT, 'PREROUTING', [PORTALS]],
  [NAT, 'INPUT', []],
  [NAT, 'OUTPUT', [PORTALS]],
  [NAT, 'POSTROUTING', [[POSTROUTING, 'kubernetes postrouting rules']]],
  [
    FILTER,
    'INPUT',
    [
      [IPVS_FILTER, 'kubernetes ipvs access filter'],
      [PROXY_FIREWALL, 'kube-proxy firewall rules'],
      [NODE_PORT, 'kubernetes health check rules'],
    ],
  ],
  [
    FILTER,
    'FORWARD',
    [
      [PROXY_FIREWALL, 'kube-proxy firewall rules'],
      [FORWARD, 'kubernetes forwarding rules'],
    ],
  ],
  [FILTER, 'OUTPUT', [[OUT_FILTER, 'kubernetes ipvs access filter']]],
]

export const rule = (...parts: readonly Part[]): Rule => ({ parts })

export const comment = (text: string): Part => ({ kind: 'comment', text })

export const jump = (chain: string): Part => ({ kind: 'verdict', verdict: { kind: 'jump', chain } })

export const builtInChains = (): readonly Change[] =>
  BUILT_IN.map(([table, name, jumps]) => {
    const base = builtInChain(table.slice('ip '.length), name)!
    const rules = jumps.map(([to, text]) => rule(comment(text), jump(to)))
    return { kind: 'chain', table, chain: { name, base, rules } }
  })
