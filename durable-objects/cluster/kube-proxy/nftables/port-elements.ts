// What a Service port puts into the maps that dispatch, and into the sets.
import { formatIp, type Ip } from '#net/ip.ts'
import type { Verdict } from '#netfilter/rule.ts'
import { elementKey, type SetElement } from '#netfilter/ruleset.ts'
import type { BundleElement } from '#kube-proxy/bundle.ts'
import { portNameText } from '#kube-proxy/service-port.ts'
import { TABLE } from './parts.ts'
import type { PortPlan } from './port-plan.ts'

const EMPTY: SetElement = {}

const element = (set: string, key: readonly (string | number)[], value: SetElement) => ({
  table: TABLE,
  set,
  key: elementKey(key),
  element: value,
})

const goto = (chain: string): SetElement => ({ verdict: { kind: 'goto', chain } })

export const portElements = (plan: PortPlan): readonly BundleElement[] => [
  ...clusterIPElements(plan),
  ...externalElements(plan),
  ...nodePortElements(plan),
]

/** Nothing anywhere is told to the client at once; what only this node does not have is dropped, that another may answer. */
const refusal = ({ port, endpoints }: PortPlan): SetElement => {
  const verdict: Verdict = endpoints.hasAny
    ? { kind: 'drop' }
    : { kind: 'goto', chain: 'reject-chain' }
  return { comment: portNameText(port.name), verdict }
}

const clusterIPElements = (plan: PortPlan): readonly BundleElement[] => {
  const { port, protocol, names, hasInternal } = plan
  const ip = formatIp(port.clusterIP)
  const key = [ip, protocol, port.port]
  const chain = port.isInternalPolicyLocal ? names.local : names.cluster
  return [
    element('cluster-ips', [ip], EMPTY),
    hasInternal
      ? element('service-ips', key, goto(chain))
      : element('no-endpoint-services', key, refusal(plan)),
  ]
}

const externalElements = (plan: PortPlan): readonly BundleElement[] => {
  const { port, protocol, names, endpoints, hasExternal, usesFirewall } = plan
  const keyOf = (ip: Ip) => [formatIp(ip), protocol, port.port]
  const dispatch = (ip: Ip): readonly BundleElement[] => [
    ...(endpoints.hasAny ? [element('service-ips', keyOf(ip), goto(names.external))] : []),
    ...(hasExternal ? [] : [element('no-endpoint-services', keyOf(ip), refusal(plan))]),
  ]
  const firewall = usesFirewall
    ? port.loadBalancerVIPs.map((ip) => element('firewall-ips', keyOf(ip), goto(names.firewall)))
    : []
  return [...[...port.externalIPs, ...port.loadBalancerVIPs].flatMap(dispatch), ...firewall]
}

const nodePortElements = (plan: PortPlan): readonly BundleElement[] => {
  const { port, protocol, names, endpoints, hasExternal } = plan
  if (port.nodePort === 0) return []
  const key = [protocol, port.nodePort]
  return [
    ...(endpoints.hasAny ? [element('service-nodeports', key, goto(names.external))] : []),
    ...(hasExternal ? [] : [element('no-endpoint-nodeports', key, refusal(plan))]),
  ]
}
