// The chains of traffic to node ports, external IPs and load balancers.
import { cidrContains } from '#net/cidr.ts'
import type { Rule } from '#netfilter/rule.ts'
import type { Chain } from '#netfilter/ruleset.ts'
import { MARK_MASQ } from './chains.ts'
import { isFromPod } from './local-traffic.ts'
import type { PortTraffic } from './port-traffic.ts'
import { address, comment, host, isLocal, jump, rule } from './rule-parts.ts'

export const externalChain = (traffic: PortTraffic): Chain => {
  const { port, text, chains, externalRefusal } = traffic
  const sourceRules = port.isExternalPolicyLocal
    ? shortCircuit(traffic)
    : // the endpoint may be on another node, whose answer has to come back by this one
      [rule(comment(`masquerade traffic for ${text} external destinations`), jump(MARK_MASQ))]
  const rest = externalRefusal === undefined ? [rule(jump(traffic.externalPolicyChain))] : []
  return { name: chains.external, rules: [...sourceRules, ...rest] }
}

/** Pods and the node itself reach every endpoint, as if they had gone out to the load balancer and come in elsewhere. */
const shortCircuit = ({ text, chains, settings }: PortTraffic): readonly Rule[] => {
  const target = `for ${text} external destinations`
  const fromPod = isFromPod(settings.localDetector)
  const fromNode = isLocal('source')
  const rules = [
    rule(comment(`masquerade LOCAL traffic ${target}`), fromNode, jump(MARK_MASQ)),
    rule(comment(`route LOCAL traffic ${target}`), fromNode, jump(chains.cluster)),
  ]
  if (fromPod === undefined) return rules
  return [rule(fromPod, comment(`pod traffic ${target}`), jump(chains.cluster)), ...rules]
}

/** Only sources in the load balancer's ranges go on; what is left, the filter drops. */
export const firewallChain = (traffic: PortTraffic): Chain => {
  const { port, text, chains, place } = traffic
  const ranges = port.loadBalancerSourceRanges
  const outcome = jump(chains.external)
  const why = comment(`${text} loadbalancer IP`)
  const { nodeIP } = place
  // a packet from the node itself to a VIP that is one of its addresses has the VIP for its source
  const letsNodeIn = nodeIP !== undefined && ranges.some((range) => cidrContains(range, nodeIP))
  const sources = [...ranges, ...(letsNodeIn ? port.loadBalancerVIPs.map(host) : [])]
  const rules = sources.map((source) =>
    // iptables leaves out a range that holds everything
    source.prefix === 0 ? rule(why, outcome) : rule(address('source', source), why, outcome),
  )
  const note = `other traffic to ${text} will be dropped by KUBE-PROXY-FIREWALL`
  return { name: chains.firewall, rules: [...rules, rule(comment(note))] }
}
