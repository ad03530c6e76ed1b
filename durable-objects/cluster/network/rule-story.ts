// What a rule did, in a sentence for a person who sees such rules for the first time. The names of kube-proxy's chains say what they are for.
import { formatIp } from '#net/ip.ts'
import type { Packet } from '#netfilter/packet.ts'
import type { Deed, Step } from '#netfilter/step.ts'
import { endpointText } from './host.ts'

export interface Change {
  readonly before: Packet
  readonly after: Packet
}

export const ruleStory = (step: Step, change: Change): string => {
  const sentences = step.did.flatMap((deed) => deedStory(deed, step, change) ?? [])
  const chance = chanceStory(step)
  return [...sentences, ...(chance === undefined ? [] : [chance])].join('; ')
}

const deedStory = (deed: Deed, step: Step, { before, after }: Change): string | undefined => {
  switch (deed.kind) {
    case 'jump':
    case 'goto':
      return (
        clusterIPStory(step.chain, deed.chain) ??
        chainStory(deed.chain) ??
        `go on in chain ${deed.chain}`
      )
    case 'dnat':
      return `DNAT: the destination ${endpointText(before.destination)} is replaced by ${formatIp(deed.to.ip)}:${deed.to.port ?? before.destination.port}`
    case 'masquerade':
      return `masquerade: the source ${endpointText(before.source)} is replaced by the node's own address ${endpointText(after.source)}, so that the answer comes back through this node`
    case 'mark':
      return markStory(deed)
    case 'drop':
      return step.rule === undefined
        ? `no rule of ${step.chain} let the packet pass: it is dropped without a word`
        : 'the packet is dropped without a word'
    case 'reject':
      return `the packet is rejected: its sender is told "${deed.with}", which programs report as "Connection refused"`
    case 'accept':
      return 'let it pass: no more rules of this table at this hook'
    case 'remember':
    case 'update':
      return 'session affinity: remember that this client was sent here'
    case 'recall':
      return 'session affinity: this client was sent here before, and stays'
    case 'lookup':
      return deed.isFound ? `found ${deed.key} in ${deed.set}` : undefined
    case 'account':
    case 'return':
      return undefined
  }
}

const markStory = ({ before, after }: Extract<Deed, { kind: 'mark' }>): string | undefined => {
  if (before === after) return undefined
  return after > before
    ? `mark the packet (0x${after.toString(16)}): its source is to be replaced when it leaves`
    : 'take the mark off again'
}

/** The rule itself says how likely it is for who comes as far as this rule: of three endpoints the second one has 1 in 2. */
const chanceStory = ({ share, probability }: Step): string | undefined => {
  const chance = share ?? probability
  if (chance === undefined || chance >= 1) return undefined
  const isOfRest = probability !== undefined && probability < 1 && probability - chance > 0.001
  return `chance: ${oddsOf(chance)}${isOfRest ? ` (${oddsOf(probability)} for who comes as far as this rule)` : ''}`
}

const oddsOf = (chance: number): string => {
  const one = 1 / chance
  const nearest = Math.round(one)
  return Math.abs(one - nearest) < 0.01 ? `1 in ${nearest}` : `${(chance * 100).toFixed(1)} %`
}

/** Chains by how their names begin, the longer beginnings first. */
const CHAINS: readonly (readonly [beginning: string, says: string])[] = [
  [
    'KUBE-SVC-',
    "the chain of the Service's endpoints, the same as for its cluster IP: one of them is chosen",
  ],
  ['KUBE-SVL-', "the Service's endpoints on this node only (traffic policy Local)"],
  ['KUBE-EXT-', 'traffic from outside the cluster for a Service'],
  ['KUBE-FW-', 'is this client allowed (loadBalancerSourceRanges)?'],
  ['KUBE-SEP-', 'this endpoint it is'],
  ['KUBE-MARK-MASQ', 'mark: the source must be replaced'],
  ['KUBE-SERVICES', 'kube-proxy looks whether the destination is one of a Service'],
  ['KUBE-NODEPORTS', 'the destination is this node: is it a node port of a Service?'],
  ['KUBE-NODE-PORT', 'the destination is this node: is it a node port of a Service?'],
  ['KUBE-LOAD-BALANCER', 'the address of a load balancer'],
  ['KUBE-SOURCE-RANGES-FIREWALL', 'is this client allowed (loadBalancerSourceRanges)?'],
  ['KUBE-IPVS-FILTER', 'is it an address that only IPVS has, on a port that it does not serve?'],
  ['KUBE-IPVS-OUT-FILTER', 'is it a packet to a virtual server that has to be kept out?'],
  ['KUBE-NODE-PORT', 'the destination is this node: is it a node port of a Service?'],
  ['KUBE-LOAD-BALANCER', 'an address of a load balancer'],
  ['KUBE-IPVS-FILTER', "is it an address of a Service, at one of the Service's ports?"],
  ['KUBE-IPVS-OUT-FILTER', "is it an address of a Service, at one of the Service's ports?"],
  ['KUBE-POSTROUTING', 'kube-proxy looks whether the source must be replaced'],
  ['KUBE-FORWARD', 'may the packet be forwarded?'],
  ['KUBE-PROXY-FIREWALL', 'does a load balancer restrict its clients?'],
  ['KUBE-EXTERNAL-SERVICES', 'is it an external address of a Service without endpoints?'],
  ['KUBE-FIREWALL', 'is it a packet that only pretends to come from this node?'],
  ['service-endpoints-check', 'is it a Service without endpoints?'],
  ['nodeport-endpoints-check', 'is it a node port of a Service without endpoints?'],
  ['services', 'kube-proxy looks whether the destination is one of a Service'],
  [
    'service-',
    "the chain of the Service's endpoints, the same as for its cluster IP: one of them is chosen",
  ],
  ['local-', "the Service's endpoints on this node only (traffic policy Local)"],
  ['external-', 'traffic from outside the cluster for a Service'],
  ['endpoint-', 'this endpoint it is'],
  ['masquerading', 'kube-proxy looks whether the source must be replaced'],
  ['firewall-check', 'does a load balancer restrict its clients?'],
  ['cluster-ips-check', 'is it a cluster IP that no Service port has?'],
  ['firewall-', 'is this client allowed (loadBalancerSourceRanges)?'],
]

/** What is addressed to a cluster IP goes to the endpoints without a detour. */
const clusterIPStory = (chain: string, next: string): string | undefined =>
  /^(KUBE-SERVICES|services)$/.test(chain) && /^(KUBE-SVC-|service-)/.test(next)
    ? "it is for a Service's cluster IP: on to the chain of its endpoints, one of which is chosen"
    : undefined

const chainStory = (chain: string): string | undefined =>
  CHAINS.find(([beginning]) => chain.startsWith(beginning))?.[1]
