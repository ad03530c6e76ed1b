// A port's rules in the chains that all ports share: they catch its traffic by address and port.
import type { Ip } from '#net/ip.ts'
import type { Outcome, Rule } from '#netfilter/rule.ts'
import type { BundleRules } from '#kube-proxy/bundle.ts'
import * as shared from './chains.ts'
import { hasLocalhostNodePorts } from './node-port-addresses.ts'
import type { PortTraffic, Refusal } from './port-traffic.ts'
import {
  ACCEPT,
  address,
  comment,
  destinationPort,
  DROP,
  host,
  isLocal,
  jump,
  LOOPBACK,
  protocolIs,
  rule,
} from './rule-parts.ts'

export const sharedRules = (traffic: PortTraffic): readonly BundleRules[] => {
  const rulesOf = {
    [shared.NAT]: {
      [shared.SERVICES]: services(traffic),
      [shared.NODE_PORTS]: nodePorts(traffic),
    },
    [shared.FILTER]: {
      [shared.SERVICES]: refusedInternal(traffic),
      [shared.EXTERNAL_SERVICES]: refusedExternal(traffic),
      [shared.NODE_PORTS]: healthCheck(traffic),
      [shared.PROXY_FIREWALL]: firewalled(traffic),
    },
  }
  return Object.entries(rulesOf).flatMap(([table, byChain]) =>
    Object.entries(byChain).flatMap(([chain, rules]) =>
      rules.length > 0 ? [{ table, chain, rules }] : [],
    ),
  )
}

/** One of the port's addresses, for which the rule goes on to `outcome`. */
export const portal = (
  { port, protocol }: PortTraffic,
  ip: Ip,
  text: string,
  outcome: Outcome,
): Rule =>
  rule(
    address('destination', host(ip)),
    protocolIs(protocol),
    comment(text),
    destinationPort(protocol, port.port),
    outcome,
  )

const services = (traffic: PortTraffic): readonly Rule[] => {
  const { port, text, chains, endpoints, usesFirewall } = traffic
  const rules: Rule[] = []
  if (traffic.internalRefusal === undefined)
    rules.push(portal(traffic, port.clusterIP, `${text} cluster IP`, jump(traffic.internalChain)))
  if (!endpoints.hasAny) return rules
  for (const ip of port.externalIPs)
    rules.push(portal(traffic, ip, `${text} external IP`, jump(chains.external)))
  const balanced = jump(usesFirewall ? chains.firewall : chains.external)
  for (const ip of port.loadBalancerVIPs)
    rules.push(portal(traffic, ip, `${text} loadbalancer IP`, balanced))
  return rules
}

const nodePorts = (traffic: PortTraffic): readonly Rule[] => {
  const { port, text, protocol, chains, endpoints, settings } = traffic
  if (port.nodePort === 0 || !endpoints.hasAny) return []
  const parts = [protocolIs(protocol), comment(text), destinationPort(protocol, port.nodePort)]
  const outcome = jump(chains.external)
  // the same twice: the first counts who still comes by 127.0.0.1, which kube-proxy means to give up one day
  const counted = rule(
    address('destination', LOOPBACK),
    ...parts,
    { kind: 'account', name: 'localhost_nps_accepted_pkts' },
    outcome,
  )
  const plain = rule(...parts, outcome)
  return hasLocalhostNodePorts(settings) ? [counted, plain] : [plain]
}

const refusedInternal = (traffic: PortTraffic): readonly Rule[] => {
  const { port, internalRefusal: refusal } = traffic
  return refusal === undefined ? [] : [refused(traffic, port.clusterIP, refusal)]
}

const refusedExternal = (traffic: PortTraffic): readonly Rule[] => {
  const { port, protocol, externalRefusal: refusal } = traffic
  if (refusal === undefined) return []
  const rules = [...port.externalIPs, ...port.loadBalancerVIPs].map((ip) =>
    refused(traffic, ip, refusal),
  )
  if (port.nodePort !== 0)
    rules.push(
      rule(
        protocolIs(protocol),
        comment(refusal.comment),
        isLocal('destination'),
        destinationPort(protocol, port.nodePort),
        refusal.outcome,
      ),
    )
  return rules
}

const refused = (traffic: PortTraffic, ip: Ip, refusal: Refusal): Rule =>
  portal(traffic, ip, refusal.comment, refusal.outcome)

const healthCheck = ({ port, text }: PortTraffic): readonly Rule[] =>
  port.healthCheckNodePort === 0
    ? []
    : [
        rule(
          protocolIs('tcp'),
          comment(`${text} health check node port`),
          destinationPort('tcp', port.healthCheckNodePort),
          ACCEPT,
        ),
      ]

/** What the firewall chain did not let pass has still the load balancer's address when it comes to be filtered. */
const firewalled = (traffic: PortTraffic): readonly Rule[] => {
  const { port, text, chains, usesFirewall } = traffic
  if (!usesFirewall) return []
  const why = `${text} traffic not accepted by ${chains.firewall}`
  return port.loadBalancerVIPs.map((ip) => portal(traffic, ip, why, DROP))
}
