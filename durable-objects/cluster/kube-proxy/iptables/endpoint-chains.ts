// The chains that choose an endpoint, and those of the endpoints.
import type { Part, Rule } from '#netfilter/rule.ts'
import type { Chain } from '#netfilter/ruleset.ts'
import { endpointText, type ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { endpointChainName } from './chain-names.ts'
import { MARK_MASQ } from './chains.ts'
import type { PortTraffic } from './port-traffic.ts'
import { probabilityOf } from './probability.ts'
import { address, comment, host, jump, protocolIs, rule } from './rule-parts.ts'

/** kubernetes: pkg/proxy/iptables/proxier.go writeServiceToEndpointRules */
export const choiceRules = (
  traffic: PortTraffic,
  endpoints: readonly ProxyEndpoint[],
): readonly Rule[] => {
  const { text, settings, port } = traffic
  const choices = endpoints.map((endpoint) => ({
    chain: endpointChain(traffic, endpoint).name,
    notes: noted(settings.isLargeCluster, `${text} -> ${endpointText(endpoint)}`),
  }))
  const remembered = choices.map(({ chain, notes }) =>
    rule(...notes, { kind: 'recent', list: chain, seconds: port.stickySeconds }, jump(chain)),
  )
  const chosen = choices.map(({ chain, notes }, index) => {
    const left = choices.length - index
    if (left === 1) return rule(...notes, jump(chain))
    const match = { kind: 'probability', probability: probabilityOf(left) } as const
    return rule(...notes, match, jump(chain))
  })
  return port.stickySeconds > 0 ? [...remembered, ...chosen] : chosen
}

/** kubernetes: pkg/proxy/iptables/proxier.go appendServiceCommentLocked */
const noted = (isLargeCluster: boolean | undefined, text: string): readonly Part[] =>
  isLargeCluster === true ? [] : [comment(text)]

interface Made {
  readonly text: string
  readonly protocol: string
  readonly isSticky: boolean
  readonly isLargeCluster: boolean
  readonly chain: Chain
}

/** Chains hang on nothing but the endpoint and its port, and a large Service changes one endpoint at a time. */
const made = new WeakMap<ProxyEndpoint, Made>()

export const endpointChain = (traffic: PortTraffic, endpoint: ProxyEndpoint): Chain => {
  const { text, protocol, settings, port } = traffic
  const isSticky = port.stickySeconds > 0
  const isLargeCluster = settings.isLargeCluster === true
  const before = made.get(endpoint)
  if (
    before?.text === text &&
    before.protocol === protocol &&
    before.isSticky === isSticky &&
    before.isLargeCluster === isLargeCluster
  )
    return before.chain
  const name = endpointChainName(port.name, endpointText(endpoint))
  const notes = noted(isLargeCluster, text)
  const remember: readonly Part[] = isSticky ? [{ kind: 'remember', list: name }] : []
  const chain = {
    name,
    rules: [
      // an endpoint that reaches itself would otherwise get an answer past this node's address change
      rule(address('source', host(endpoint.ip)), ...notes, jump(MARK_MASQ)),
      rule(
        protocolIs(protocol),
        ...notes,
        ...remember,
        { kind: 'port', protocol },
        { kind: 'dnat', to: { ip: endpoint.ip, port: endpoint.port } },
      ),
    ],
  }
  made.set(endpoint, { text, protocol, isSticky, isLargeCluster, chain })
  return chain
}
