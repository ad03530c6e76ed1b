// What the proxy writes for one Service port. kubernetes: pkg/proxy/nftables/proxier.go syncProxyRules
import { type Cidr, cidrContains } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Protocol } from '#netfilter/packet.ts'
import type { Part, Rule, Verdict } from '#netfilter/rule.ts'
import type { Chain, ElementSet, SetElement } from '#netfilter/ruleset.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { Bundle } from '#kube-proxy/bundle.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { isExternallyAccessible, type ServicePort } from '#kube-proxy/service-port.ts'
import { categorizeEndpoints, type NodePlace } from '#kube-proxy/topology.ts'
import { hairpinsAt } from './hairpins.ts'
import { endpointNames, type EndpointNames } from './names.ts'
import {
  comment,
  fromOneOf,
  fromPods,
  goto,
  markForMasquerade,
  rule,
  TABLE,
  verdict,
} from './parts.ts'
import { portElements } from './port-elements.ts'
import { planOf, type PortPlan } from './port-plan.ts'

export const bundle = (
  port: ServicePort,
  all: readonly ProxyEndpoint[],
  place: NodePlace,
  settings: ProxySettings,
): Bundle => {
  const plan = planOf(port, categorizeEndpoints(all, port, place))
  const targets = port.stickySeconds > 0 ? stickyTargets(plan) : undefined
  const chains = [
    ...(targets?.chains ?? []),
    ...policyChains(plan, targets?.names),
    ...externalChain(plan, settings),
    ...firewallChain(plan, place),
  ]
  return {
    chains: chains.map((chain) => ({ table: TABLE, chain })),
    rules: [],
    sets: (targets?.sets ?? []).map((set) => ({ table: TABLE, set })),
    elements: [...portElements(plan), ...hairpinsAt(port, all, plan.endpoints.reachable, place)],
  }
}

/** One chain and one set for each endpoint: the set remembers the clients that belong to it. */
const stickyTargets = ({
  port,
  protocol,
  endpoints,
}: PortPlan): {
  readonly names: ReadonlyMap<ProxyEndpoint, EndpointNames>
  readonly chains: readonly Chain[]
  readonly sets: readonly ElementSet[]
} => {
  const names = new Map(
    endpoints.reachable.map((endpoint) => [endpoint, endpointNames(port.name, endpoint)]),
  )
  const chains = [...names].map(([{ ip, port: target }, { chain, affinity }]) => ({
    name: chain,
    rules: [
      rule({ kind: 'update', set: affinity, fields: ['ip saddr'] }),
      rule({ kind: 'protocol', protocol }, { kind: 'dnat', to: { ip, port: target } }),
    ],
  }))
  const sets = [...names.values()].map(({ affinity }) => affinitySet(affinity, port.stickySeconds))
  return { names, chains, sets }
}

const affinitySet = (name: string, timeoutSeconds: number): ElementSet => ({
  name,
  types: ['ipv4_addr'],
  // what the kernel gives a set that rules fill
  size: 65_535,
  timeoutSeconds,
  elements: PersistentMap.empty<SetElement>(),
})

const policyChains = (
  { endpoints: { cluster, local }, names, protocol }: PortPlan,
  sticky: ReadonlyMap<ProxyEndpoint, EndpointNames> | undefined,
): readonly Chain[] => {
  const chainOf = (name: string, endpoints: readonly ProxyEndpoint[]): readonly Chain[] => {
    if (endpoints.length === 0) return []
    const rules =
      sticky === undefined
        ? [spreadDnat(protocol, endpoints)]
        : stickyRules(endpoints.map((endpoint) => sticky.get(endpoint)!))
    return [{ name, rules }]
  }
  return [...chainOf(names.cluster, cluster), ...chainOf(names.local, local)]
}

const spreadDnat = (protocol: Protocol, endpoints: readonly ProxyEndpoint[]): Rule =>
  rule(
    { kind: 'protocol', protocol },
    { kind: 'spreadDnat', to: endpoints.map(({ ip, port }) => ({ ip, port })) },
  )

/** First whoever is known goes where it went before, then the others go anywhere. */
const stickyRules = (names: readonly EndpointNames[]): readonly Rule[] => {
  const verdicts = names.map(({ chain }): Verdict => ({ kind: 'goto', chain }))
  return [
    ...names.map(({ chain, affinity }) =>
      rule({ kind: 'lookup', fields: ['ip saddr'], set: affinity }, goto(chain)),
    ),
    rule({ kind: 'spreadVerdicts', verdicts }),
  ]
}

/** It is there even without endpoints for outside traffic: the node and its Pods take the short way. */
const externalChain = (plan: PortPlan, settings: ProxySettings): readonly Chain[] => {
  const { port, names, endpoints, hasExternal } = plan
  if (!endpoints.hasAny || !isExternallyAccessible(port)) return []
  const policy = port.isExternalPolicyLocal ? names.local : names.cluster
  const rules = [
    ...(port.isExternalPolicyLocal
      ? shortCircuits(names.cluster, settings)
      : [rule(markForMasquerade(settings.masqueradeMark), comment('masquerade'))]),
    ...(hasExternal ? [rule(goto(policy))] : []),
  ]
  return [{ name: names.external, rules }]
}

/** What comes from inside goes by the policy Cluster, as if it had gone out to the load balancer and come back. */
const shortCircuits = (cluster: string, settings: ProxySettings): readonly Rule[] => {
  const fromPod = fromPods(settings.localDetector, false)
  const fromNode: Part = { kind: 'isLocal', side: 'source' }
  const mark = markForMasquerade(settings.masqueradeMark)
  return [
    ...(fromPod === undefined
      ? []
      : [rule(fromPod, comment('short-circuit pod traffic'), goto(cluster))]),
    rule(fromNode, mark, comment('masquerade local traffic')),
    rule(fromNode, comment('short-circuit local traffic'), goto(cluster)),
  ]
}

const firewallChain = (
  { port, names, usesFirewall }: PortPlan,
  { nodeIP }: NodePlace,
): readonly Chain[] => {
  if (!usesFirewall) return []
  const ranges = port.loadBalancerSourceRanges
  // The load balancer's address may be the node's too: then what the node sends there comes from that very address.
  const allowsNode = nodeIP !== undefined && ranges.some((cidr) => cidrContains(cidr, nodeIP))
  const sources = allowsNode ? [...ranges, ...port.loadBalancerVIPs.map(single)] : ranges
  const drop = rule(fromOneOf('source', sources, true), verdict({ kind: 'drop' }))
  return [{ name: names.firewall, rules: [drop] }]
}

const single = (ip: Ip): Cidr => ({ network: ip, prefix: ip.version === 4 ? 32 : 128 })
