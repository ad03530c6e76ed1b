// What NetworkPolicies say to a connection. They only allow: a Pod that no policy selects takes everything, one that is selected takes
// what at least one of its policies allows. kubernetes: staging/src/k8s.io/api/networking/v1/types.go
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '#api/networking/v1/network-policy/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { matches, selectorFromLabelSelector, type LabelSelector } from '#apimachinery/labels.ts'
import { keyOf, type StringMap } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { cidrContains, parseCidr } from '#net/cidr.ts'
import { formatIp, type Ip } from '#net/ip.ts'
import type { Protocol } from '#netfilter/packet.ts'
import type { PolicyVerdict, WorldPod } from '#network/world.ts'

export type Direction = 'egress' | 'ingress'

/** One end of a connection: what of it policies can tell. */
export interface PolicyEnd {
  /** Undefined for what is no Pod with an address of its own. */
  readonly pod: WorldPod | undefined
  readonly ip: Ip | undefined
}

export interface PolicyQuestion {
  readonly from: PolicyEnd
  readonly to: PolicyEnd
  readonly port: number
  readonly protocol: Protocol
  /** The node that the receiving Pod runs on may always reach it. */
  readonly isFromOwnNode: boolean
}

/** A rule of either direction. */
interface PolicyRule {
  readonly peers: readonly NetworkPolicyPeer[] | undefined
  readonly ports: readonly NetworkPolicyPort[] | undefined
}

const ALLOWED: PolicyVerdict = { isAllowed: true, says: '' }

/** As many policies as a sentence can bear. */
const MOST_NAMES = 5

export class NetworkPolicies {
  readonly #client: Client
  readonly #podOf: (pod: WorldPod) => Pod | undefined

  constructor(client: Client, podOf: (pod: WorldPod) => Pod | undefined) {
    this.#client = client
    this.#podOf = podOf
  }

  verdict(question: PolicyQuestion, direction: Direction | undefined): PolicyVerdict {
    const { from, to } = question
    if (isSamePod(from.pod, to.pod)) return ALLOWED
    const verdicts = (direction === undefined ? (['egress', 'ingress'] as const) : [direction]).map(
      (each) => this.#oneWay(question, each),
    )
    const denied = verdicts.find(({ isAllowed }) => !isAllowed)
    return denied ?? verdicts.find((verdict) => verdict !== ALLOWED) ?? ALLOWED
  }

  #oneWay(question: PolicyQuestion, direction: Direction): PolicyVerdict {
    const { from, to, isFromOwnNode } = question
    const isIngress = direction === 'ingress'
    const [own, peer] = isIngress ? [to, from] : [from, to]
    if (own.pod === undefined || (isIngress && isFromOwnNode)) return ALLOWED
    const policies = this.#selecting(own.pod, direction)
    if (policies.length === 0) return ALLOWED
    const allowing = policies.find((policy) =>
      rulesOf(policy, direction).some((rule) => this.#allows(rule, policy, peer, question)),
    )
    const rest = policies.length - MOST_NAMES
    const names = `${policies
      .slice(0, MOST_NAMES)
      .map((policy) => keyOf(policy))
      .join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
    const who = `Pod ${own.pod.namespace}/${own.pod.name}`
    if (allowing !== undefined)
      return {
        isAllowed: true,
        says: `NetworkPolicy ${keyOf(allowing)} selects ${who} and allows this ${direction}.`,
      }
    const what = `${question.protocol.toUpperCase()} port ${question.port}`
    const way = isIngress ? `from ${nameOf(peer)} to its ${what}` : `to ${what} of ${nameOf(peer)}`
    return {
      isAllowed: false,
      says: `${who} is selected for ${direction} by NetworkPolicy ${names}: only what is listed there may pass, and no rule lists traffic ${way}.`,
    }
  }

  #selecting({ namespace, labels }: WorldPod, direction: Direction): readonly NetworkPolicy[] {
    return this.#client
      .list('networkpolicies.networking.k8s.io', { namespace })
      .filter((policy) => isAbout(policy, direction) && selects(policy.spec.podSelector, labels))
  }

  #allows(
    { peers, ports }: PolicyRule,
    policy: NetworkPolicy,
    peer: PolicyEnd,
    question: PolicyQuestion,
  ): boolean {
    const isPeer =
      peers === undefined ||
      peers.length === 0 ||
      peers.some((each) => this.#isPeer(each, policy.metadata.namespace ?? '', peer))
    return isPeer && this.#isPort(ports, question)
  }

  #isPeer(peer: NetworkPolicyPeer, namespace: string, { pod, ip }: PolicyEnd): boolean {
    if (peer.ipBlock !== undefined) return ip !== undefined && isInBlock(peer.ipBlock, ip)
    if (pod === undefined) return false
    const isPod = peer.podSelector === undefined || selects(peer.podSelector, pod.labels)
    if (peer.namespaceSelector === undefined) return isPod && pod.namespace === namespace
    const labels = this.#client.get('namespaces', '', pod.namespace)?.metadata.labels
    return isPod && selects(peer.namespaceSelector, labels)
  }

  #isPort(
    ports: readonly NetworkPolicyPort[] | undefined,
    { to, port, protocol }: PolicyQuestion,
  ): boolean {
    if (ports === undefined || ports.length === 0) return true
    return ports.some((allowed) => {
      if ((allowed.protocol ?? 'TCP').toLowerCase() !== protocol) return false
      if (allowed.port === undefined) return true
      const first =
        typeof allowed.port === 'number'
          ? allowed.port
          : this.#namedPort(to.pod, allowed.port, protocol)
      return first !== undefined && port >= first && port <= (allowed.endPort ?? first)
    })
  }

  /** A name stands for the number that the receiving Pod gives it. */
  #namedPort(pod: WorldPod | undefined, name: string, protocol: Protocol): number | undefined {
    const object = pod === undefined ? undefined : this.#podOf(pod)
    return [...(object?.spec.containers ?? []), ...(object?.spec.initContainers ?? [])]
      .flatMap(({ ports }) => ports ?? [])
      .find((port) => port.name === name && (port.protocol ?? 'TCP').toLowerCase() === protocol)
      ?.containerPort
  }
}

const isSamePod = (a: WorldPod | undefined, b: WorldPod | undefined): boolean =>
  a !== undefined && a.namespace === b?.namespace && a.name === b.name

const nameOf = ({ pod, ip }: PolicyEnd): string =>
  pod === undefined
    ? ip === undefined
      ? 'an unknown address'
      : formatIp(ip)
    : `Pod ${pod.namespace}/${pod.name}`

/** Without a list of types a policy is about ingress, and about egress if it has such rules. */
const isAbout = ({ spec }: NetworkPolicy, direction: Direction): boolean => {
  const { policyTypes } = spec
  if (policyTypes !== undefined)
    return policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress')
  return direction === 'ingress' || (spec.egress?.length ?? 0) > 0
}

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): readonly PolicyRule[] =>
  direction === 'ingress'
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))

const selects = (selector: LabelSelector | undefined, labels: StringMap | undefined): boolean => {
  const requirements = selectorFromLabelSelector(selector ?? {})
  return requirements !== undefined && matches(requirements, labels)
}

const isInBlock = ({ cidr, except = [] }: IPBlock, ip: Ip): boolean =>
  isIn(cidr, ip) && !except.some((part) => isIn(part, ip))

const isIn = (text: string, ip: Ip): boolean => {
  const cidr = parseCidr(text)
  return cidr !== undefined && cidrContains(cidr, ip)
}
