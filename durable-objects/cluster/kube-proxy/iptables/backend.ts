// kube-proxy's iptables mode: a chain for each Service port, a chain for each endpoint, and chance between them.
// kubernetes: pkg/proxy/iptables/proxier.go
import type { Rule } from '#netfilter/rule.ts'
import type { Chain } from '#netfilter/ruleset.ts'
import type { Backend } from '#kube-proxy/backend.ts'
import { usesClusterEndpoints, usesLocalEndpoints } from '#kube-proxy/service-port.ts'
import { base, lastRules } from './base.ts'
import { MARK_MASQ, NAT } from './chains.ts'
import { choiceRules, endpointChain } from './endpoint-chains.ts'
import { externalChain, firewallChain } from './external-traffic.ts'
import { isNotFromPod } from './local-traffic.ts'
import { type PortTraffic, portTraffic } from './port-traffic.ts'
import { portal, sharedRules } from './portals.ts'
import { jump } from './rule-parts.ts'

/** With more endpoints than this, rules to and of endpoints have no comments. kubernetes: largeClusterEndpointsThreshold */
export const LARGE_CLUSTER_ENDPOINTS = 1000

export const iptablesBackend: Backend = {
  largeClusterEndpoints: LARGE_CLUSTER_ENDPOINTS,
  base,
  lastRules,
  bundle: (port, endpoints, place, settings) => {
    const traffic = portTraffic(port, endpoints, place, settings)
    return {
      chains: ownChains(traffic).map((chain) => ({ table: NAT, chain })),
      rules: sharedRules(traffic),
      sets: [],
      elements: [],
    }
  },
}

const ownChains = (traffic: PortTraffic): readonly Chain[] => {
  const { port, chains, endpoints } = traffic
  const found: Chain[] = []
  if (traffic.usesExternalChain) found.push(externalChain(traffic))
  if (traffic.usesFirewall) found.push(firewallChain(traffic))
  if (endpoints.cluster.length > 0 && usesClusterEndpoints(port))
    found.push(policyChain(traffic, chains.cluster))
  if (endpoints.local.length > 0 && usesLocalEndpoints(port))
    found.push(policyChain(traffic, chains.local))
  for (const endpoint of endpoints.reachable) found.push(endpointChain(traffic, endpoint))
  return found
}

const policyChain = (traffic: PortTraffic, name: string): Chain => {
  const { chains, endpoints, internalChain, internalRefusal } = traffic
  const choices = choiceRules(
    traffic,
    name === chains.cluster ? endpoints.cluster : endpoints.local,
  )
  const isInternal = name === internalChain && internalRefusal === undefined
  return { name, rules: isInternal ? [...masqueradeInternal(traffic), ...choices] : choices }
}

/** Traffic from outside the cluster to a cluster IP may bounce to another node, whose answer has to come back by this one. */
const masqueradeInternal = (traffic: PortTraffic): readonly Rule[] => {
  const { port, text, settings } = traffic
  const all = portal(traffic, port.clusterIP, `${text} cluster IP`, jump(MARK_MASQ))
  if (settings.masqueradeAll) return [all]
  const fromOutside = isNotFromPod(settings.localDetector)
  if (fromOutside === undefined) return []
  const [destination, ...rest] = all.parts
  // iptables-save prints the source, the destination, the interface
  const parts =
    fromOutside.kind === 'address'
      ? [fromOutside, destination!, ...rest]
      : [destination!, fromOutside, ...rest]
  return [{ parts }]
}
