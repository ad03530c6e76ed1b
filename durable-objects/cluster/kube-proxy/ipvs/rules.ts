// The rules of the mode ipvs: they name sets, so that Services change the sets and hardly ever the rules.
// kubernetes: pkg/proxy/ipvs/proxier.go writeIptablesRules, ipsetWithIptablesChain
import { parseCidr } from '#net/cidr.ts'
import type { Field, Match, Part, Rule } from '#netfilter/rule.ts'
import type { LocalDetector, ProxySettings } from '#kube-proxy/backend.ts'
import * as chains from './chains.ts'
import { comment, jump, rule } from './chains.ts'
import { FILTER, NAT, setInfo, type SetName } from './ip-sets.ts'

const ACCEPT: Part = { kind: 'verdict', verdict: { kind: 'accept' } }
const DROP: Part = { kind: 'verdict', verdict: { kind: 'drop' } }
const RETURN: Part = { kind: 'verdict', verdict: { kind: 'return' } }
const REJECT: Part = { kind: 'verdict', verdict: { kind: 'reject' } }
const MASQUERADE: Part = { kind: 'masquerade', isRandom: false }

const LOOPBACK = parseCidr('127.0.0.0/8')!

/** What a set is asked for, in iptables' words. */
const FIELDS = {
  dst: ['th dport'],
  'dst,dst': ['ip daddr', 'meta l4proto', 'th dport'],
  'src,dst': ['ip saddr', 'meta l4proto', 'th dport'],
  'dst,dst,src': ['ip daddr', 'meta l4proto', 'th dport', 'ip saddr'],
} as const satisfies Readonly<Record<string, readonly Field[]>>

const inSet = (set: SetName, directions: keyof typeof FIELDS): Match => ({
  kind: 'lookup',
  set,
  fields: FIELDS[directions],
})

const about = (set: SetName): Part => comment(setInfo(set).comment)

interface SetRule {
  readonly set: SetName
  readonly table: string
  readonly chain: string
  readonly directions: keyof typeof FIELDS
  readonly outcome: Part
  readonly protocol?: 'tcp' | 'udp' | 'sctp'
}

const nodePortRules = (
  protocol: 'tcp' | 'udp' | 'sctp',
  suffix: 'TCP' | 'UDP' | 'SCTP-HASH',
): readonly SetRule[] => {
  const shared = {
    table: NAT,
    chain: chains.NODE_PORT,
    directions: protocol === 'sctp' ? 'dst,dst' : 'dst',
    protocol,
  } as const
  return [
    { ...shared, set: `KUBE-NODE-PORT-LOCAL-${suffix}`, outcome: RETURN },
    { ...shared, set: `KUBE-NODE-PORT-${suffix}`, outcome: jump(chains.MARK_MASQ) },
  ]
}

/** Each is there if its set is not empty. */
const SET_RULES: readonly SetRule[] = [
  {
    set: 'KUBE-LOOP-BACK',
    table: NAT,
    chain: chains.POSTROUTING,
    directions: 'dst,dst,src',
    outcome: MASQUERADE,
  },
  {
    set: 'KUBE-LOAD-BALANCER',
    table: NAT,
    chain: chains.SERVICES,
    directions: 'dst,dst',
    outcome: jump(chains.LOAD_BALANCER),
  },
  {
    set: 'KUBE-LOAD-BALANCER-LOCAL',
    table: NAT,
    chain: chains.LOAD_BALANCER,
    directions: 'dst,dst',
    outcome: RETURN,
  },
  ...nodePortRules('tcp', 'TCP'),
  ...nodePortRules('udp', 'UDP'),
  ...nodePortRules('sctp', 'SCTP-HASH'),
  {
    set: 'KUBE-LOAD-BALANCER-FW',
    table: FILTER,
    chain: chains.PROXY_FIREWALL,
    directions: 'dst,dst',
    outcome: jump(chains.SOURCE_RANGES_FIREWALL),
  },
  {
    set: 'KUBE-LOAD-BALANCER-SOURCE-CIDR',
    table: FILTER,
    chain: chains.SOURCE_RANGES_FIREWALL,
    directions: 'dst,dst,src',
    outcome: RETURN,
  },
  {
    set: 'KUBE-LOAD-BALANCER-SOURCE-IP',
    table: FILTER,
    chain: chains.SOURCE_RANGES_FIREWALL,
    directions: 'dst,dst,src',
    outcome: RETURN,
  },
]

type IsEmpty = (set: SetName) => boolean

/** All rules of a chain. */
export const rulesOf = (
  table: string,
  chain: string,
  settings: ProxySettings,
  isEmpty: IsEmpty,
): readonly Rule[] => [
  ...(table === NAT && chain === chains.SERVICES ? [FROM_LOOPBACK] : []),
  ...SET_RULES.filter(
    (candidate) =>
      candidate.table === table && candidate.chain === chain && !isEmpty(candidate.set),
  ).map(setRule),
  ...(table === NAT ? natRules(chain, settings, isEmpty) : filterRules(chain, settings)),
]

const FROM_LOOPBACK = rule({ kind: 'address', side: 'source', cidr: LOOPBACK }, RETURN)

const setRule = ({ set, directions, outcome, protocol }: SetRule): Rule =>
  rule(
    ...(protocol === undefined ? [] : [{ kind: 'protocol' as const, protocol }]),
    about(set),
    inSet(set, directions),
    outcome,
  )

const natRules = (chain: string, settings: ProxySettings, isEmpty: IsEmpty): readonly Rule[] => {
  const mark = settings.masqueradeMark
  switch (chain) {
    case chains.SERVICES:
      return servicesRules(settings, isEmpty)
    case chains.LOAD_BALANCER:
      return [rule(jump(chains.MARK_MASQ))]
    case chains.MARK_MASQ:
      return [rule({ kind: 'setMark', how: 'xmark', value: mark, mask: mark })]
    case chains.POSTROUTING:
      return [
        rule({ kind: 'mark', value: mark, mask: mark, isNegated: true }, RETURN),
        rule({ kind: 'setMark', how: 'xmark', value: mark, mask: 0 }),
        rule(comment('kubernetes service traffic requiring SNAT'), {
          kind: 'masquerade',
          isRandom: true,
        }),
      ]
    default:
      return []
  }
}

const servicesRules = (settings: ProxySettings, isEmpty: IsEmpty): readonly Rule[] => {
  const external = (set: 'KUBE-EXTERNAL-IP' | 'KUBE-EXTERNAL-IP-LOCAL'): readonly Rule[] => {
    const match = [about(set), inSet(set, 'dst,dst')]
    return [
      // from off the node, as far as one can tell
      rule(
        ...match,
        { kind: 'bridged', isNegated: true },
        { kind: 'isLocal', side: 'source', isNegated: true },
        ACCEPT,
      ),
      rule(...match, { kind: 'isLocal', side: 'destination' }, ACCEPT),
    ]
  }
  const externalIP = 'KUBE-EXTERNAL-IP'
  return [
    ...(isEmpty('KUBE-CLUSTER-IP') ? [] : [clusterIPRule(settings)]),
    ...(isEmpty(externalIP)
      ? []
      : [
          rule(about(externalIP), inSet(externalIP, 'dst,dst'), jump(chains.MARK_MASQ)),
          ...external(externalIP),
        ]),
    ...(isEmpty('KUBE-EXTERNAL-IP-LOCAL') ? [] : external('KUBE-EXTERNAL-IP-LOCAL')),
    rule({ kind: 'isLocal', side: 'destination' }, jump(chains.NODE_PORT)),
    // at the end: whatever other rules say, IPVS gets what is meant for it
    ...(['KUBE-CLUSTER-IP', 'KUBE-LOAD-BALANCER'] as const)
      .filter((set) => !isEmpty(set))
      .map((set) => rule(inSet(set, 'dst,dst'), ACCEPT)),
  ]
}

const clusterIPRule = ({ masqueradeAll, localDetector }: ProxySettings): Rule => {
  const set = 'KUBE-CLUSTER-IP'
  const toMark = jump(chains.MARK_MASQ)
  if (masqueradeAll) return rule(about(set), inSet(set, 'dst,dst'), toMark)
  const fromOutside = notFromPods(localDetector)
  // kube-ipvs0 has every cluster IP: what the node sends to one comes from one
  if (fromOutside === undefined) return rule(about(set), inSet(set, 'src,dst'), toMark)
  return rule(fromOutside, about(set), inSet(set, 'dst,dst'), toMark)
}

const notFromPods = (detector: LocalDetector): Match | undefined => {
  switch (detector.kind) {
    case 'none':
      return undefined
    case 'cidr':
      return { kind: 'address', side: 'source', cidr: detector.cidr, isNegated: true }
    case 'bridge':
      return { kind: 'interface', name: detector.name, isNegated: true }
    case 'interfacePrefix':
      return { kind: 'interface', name: detector.prefix, isPrefix: true, isNegated: true }
  }
}

const filterRules = (chain: string, { masqueradeMark: mark }: ProxySettings): readonly Rule[] => {
  switch (chain) {
    case chains.SOURCE_RANGES_FIREWALL:
      return [rule(DROP)]
    case chains.FORWARD:
      return [
        rule(
          comment('kubernetes forwarding rules'),
          { kind: 'mark', value: mark, mask: mark },
          ACCEPT,
        ),
        rule(
          comment('kubernetes forwarding conntrack rule'),
          { kind: 'state', states: ['related', 'established'] },
          ACCEPT,
        ),
      ]
    case chains.NODE_PORT:
      return [rule(about(HEALTH_CHECKS), inSet(HEALTH_CHECKS, 'dst'), ACCEPT)]
    case chains.IPVS_FILTER:
      return IPVS_FILTER_RULES
    default:
      return []
  }
}

const HEALTH_CHECKS = 'KUBE-HEALTH-CHECK-NODE-PORT'

/** What listens on the node must not be reached by way of a Service's address. */
const IPVS_FILTER_RULES: readonly Rule[] = [
  rule(inSet('KUBE-LOAD-BALANCER', 'dst,dst'), RETURN),
  rule(inSet('KUBE-CLUSTER-IP', 'dst,dst'), RETURN),
  rule(inSet('KUBE-EXTERNAL-IP', 'dst,dst'), RETURN),
  rule(inSet('KUBE-EXTERNAL-IP-LOCAL', 'dst,dst'), RETURN),
  rule(inSet(HEALTH_CHECKS, 'dst'), RETURN),
  rule(
    { kind: 'state', states: ['new'] },
    { kind: 'lookup', set: 'KUBE-IPVS-IPS', fields: ['ip daddr'] },
    REJECT,
  ),
]
