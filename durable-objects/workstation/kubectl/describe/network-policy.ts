import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '#api/networking/v1/network-policy/types.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { goTime } from '#kubectl/describe/go-format.ts'
import { describeLabelsAndAnnotations } from '#kubectl/describe/metadata.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

interface Direction {
  readonly name: 'ingress' | 'egress'
  readonly peers: 'From' | 'To'
  readonly end: 'source' | 'destination'
}

const INGRESS: Direction = { name: 'ingress', peers: 'From', end: 'source' }
const EGRESS: Direction = { name: 'egress', peers: 'To', end: 'destination' }

interface Rule {
  readonly ports?: readonly NetworkPolicyPort[]
  readonly peers?: readonly NetworkPolicyPeer[] | undefined
}

/** kubernetes: kubectl pkg/describe NetworkPolicyDescriber */
export const describeNetworkPolicy = (_context: DescribeContext, object: KubeObject): string => {
  const { metadata, spec } = object as NetworkPolicy
  const { policyTypes = [], ingress = [], egress = [] } = spec
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    w.field(0, 'Created on', goTime(metadata.creationTimestamp))
    describeLabelsAndAnnotations(w, metadata)
    w.write(0, 'Spec:\n')
    const selector = formatLabelSelector(spec.podSelector)
    const everyPod = '<none> (Allowing the specific traffic to all pods in this namespace)'
    w.write(1, 'PodSelector: ')
    w.write(2, `${selector === '<none>' ? everyPod : selector}\n`)
    const inbound = ingress.map(({ from, ...rule }) => ({ ...rule, peers: from }))
    const outbound = egress.map(({ to, ...rule }) => ({ ...rule, peers: to }))
    describeDirection(w, INGRESS, policyTypes.includes('Ingress') ? inbound : undefined)
    describeDirection(w, EGRESS, policyTypes.includes('Egress') ? outbound : undefined)
    w.write(1, `Policy Types: ${policyTypes.join(', ') || '<none>'}\n`)
  })
}

/** `rules`: undefined if the policy does not bear on the direction. */
const describeDirection = (
  w: PrefixWriter,
  direction: Direction,
  rules: readonly Rule[] | undefined,
): void => {
  const { name } = direction
  if (rules === undefined) return w.write(1, `Not affecting ${name} traffic\n`)
  w.write(1, `Allowing ${name} traffic:\n`)
  if (rules.length === 0)
    w.write(2, `<none> (Selected pods are isolated for ${name} connectivity)\n`)
  for (const [index, rule] of rules.entries()) {
    if (index > 0) w.write(2, '----------\n')
    describeRule(w, direction, rule)
  }
}

const describeRule = (
  w: PrefixWriter,
  { peers: title, end }: Direction,
  { ports = [], peers = [] }: Rule,
): void => {
  if (ports.length === 0) w.write(2, 'To Port: <any> (traffic allowed to all ports)\n')
  for (const { port = '<nil>', endPort, protocol = 'TCP' } of ports)
    w.write(
      2,
      endPort === undefined
        ? `To Port: ${port}/${protocol}\n`
        : `To Port Range: ${port}-${endPort}/${protocol}\n`,
    )
  if (peers.length === 0) w.write(2, `${title}: <any> (traffic not restricted by ${end})\n`)
  for (const { namespaceSelector, podSelector, ipBlock } of peers) {
    w.write(2, `${title}:\n`)
    if (namespaceSelector !== undefined)
      w.write(3, `NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n`)
    if (podSelector !== undefined) w.write(3, `PodSelector: ${formatLabelSelector(podSelector)}\n`)
    if (namespaceSelector !== undefined || podSelector !== undefined || ipBlock === undefined)
      continue
    w.write(3, 'IPBlock:\n')
    w.write(4, `CIDR: ${ipBlock.cidr}\n`)
    w.write(4, `Except: ${(ipBlock.except ?? []).join(', ')}\n`)
  }
}
