// kubernetes: pkg/scheduler/framework/plugins/podtopologyspread
import type { Pod, TopologySpreadConstraint } from '#api/core/v1/pod/types.ts'
import { matches, selectorFromLabelSelector, type Selector } from '#apimachinery/labels.ts'
import { own } from '#apimachinery/object.ts'
import { labelRequirements } from '#kube-scheduler/affinity-terms.ts'
import { final, unfit, type Rejection } from '#kube-scheduler/filter-status.ts'
import type { MatchCounts } from '#kube-scheduler/match-counts.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { isTolerated, nodeIsWanted } from '#kube-scheduler/node-selection.ts'

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

const PLUGIN = 'PodTopologySpread'
const NOT_SPREAD = "node(s) didn't match pod topology spread constraints"
const REJECTED = unfit(PLUGIN, NOT_SPREAD)
const NO_LABEL = final(PLUGIN, `${NOT_SPREAD} (missing required label)`)

interface Constraint {
  readonly maxSkew: number
  readonly minDomains: number
  readonly topologyKey: string
  readonly selector: Selector
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
}

const constraintOf = (pod: Pod, constraint: TopologySpreadConstraint): Constraint => ({
  maxSkew: constraint.maxSkew,
  minDomains: constraint.minDomains ?? 1,
  topologyKey: constraint.topologyKey,
  selector: [
    ...(selectorFromLabelSelector(constraint.labelSelector) ?? []),
    ...labelRequirements(pod, constraint.matchLabelKeys, 'In'),
  ],
  honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
  honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
})

const constraintsOf = (pod: Pod, when: 'DoNotSchedule' | 'ScheduleAnyway'): readonly Constraint[] =>
  (pod.spec.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
    .map((constraint) => constraintOf(pod, constraint))

/** The node's Pods count for the constraint. kubernetes: matchNodeInclusionPolicies */
const isIncluded = (constraint: Constraint, pod: Pod, info: NodeInfo): boolean =>
  (!constraint.honorsAffinity || nodeIsWanted(pod, info.node)) &&
  (!constraint.honorsTaints ||
    info.repellingTaints.every((taint) => isTolerated(pod.spec.tolerations ?? [], taint)))

const hasAllLabels = (info: NodeInfo, constraints: readonly Constraint[]): boolean =>
  constraints.every(({ topologyKey }) => own(info.node.metadata.labels, topologyKey) !== undefined)

/** An empty selector counts nothing. kubernetes: countPodsMatchSelector */
const countsOf = (
  counts: MatchCounts,
  pod: Pod,
  { selector }: Constraint,
): ReadonlyMap<string, number> =>
  selector.length === 0 ? NOTHING : counts.of(pod.metadata.namespace ?? '', selector, false).perNode

const NOTHING: ReadonlyMap<string, number> = new Map()

/** Rejects nodes that would make the spread too uneven; undefined if the Pod asks for none. */
export const spreadFilter = (
  pod: Pod,
  nodes: readonly NodeInfo[],
  counts: MatchCounts,
): ((info: NodeInfo) => Rejection | undefined) | undefined => {
  if (pod.spec.topologySpreadConstraints === undefined) return undefined
  const constraints = constraintsOf(pod, 'DoNotSchedule')
  if (constraints.length === 0) return undefined
  const prepared = constraints.map((constraint) => {
    const perNode = countsOf(counts, pod, constraint)
    const domains = new Map<string, number>()
    for (const info of nodes) {
      if (!hasAllLabels(info, constraints) || !isIncluded(constraint, pod, info)) continue
      const value = own(info.node.metadata.labels, constraint.topologyKey)!
      domains.set(value, (domains.get(value) ?? 0) + (perNode.get(info.name) ?? 0))
    }
    const fewest = domains.size === 0 ? Infinity : Math.min(...domains.values())
    const self = matches(constraint.selector, pod.metadata.labels) ? 1 : 0
    return { constraint, domains, self, minimum: domains.size < constraint.minDomains ? 0 : fewest }
  })
  return ({ node }) => {
    for (const { constraint, domains, self, minimum } of prepared) {
      const value = own(node.metadata.labels, constraint.topologyKey)
      if (value === undefined) return NO_LABEL
      if ((domains.get(value) ?? 0) + self - minimum > constraint.maxSkew) return REJECTED
    }
    return undefined
  }
}

/** What is spread if the Pod says nothing: over nodes, and over zones. kubernetes: systemDefaultConstraints */
const defaultConstraints = (selector: Selector): readonly Constraint[] =>
  [
    { topologyKey: HOSTNAME, maxSkew: 3 },
    { topologyKey: ZONE, maxSkew: 5 },
  ].map((constraint) => ({
    ...constraint,
    minDomains: 1,
    selector,
    honorsAffinity: true,
    honorsTaints: false,
  }))

/**
 * Scores nodes from 0 to 100 by how few Pods alike their domains have; undefined if nothing is to be spread.
 * `defaultSelector` finds the Pods of the same Services and owner.
 */
export const spreadScores = (
  pod: Pod,
  feasible: readonly NodeInfo[],
  nodes: readonly NodeInfo[],
  counts: MatchCounts,
  defaultSelector: () => Selector,
): readonly number[] | undefined => {
  const asked = (pod.spec.topologySpreadConstraints ?? []).length > 0
  const constraints = asked ? constraintsOf(pod, 'ScheduleAnyway') : defaultsFor(defaultSelector())
  if (constraints.length === 0) return undefined
  const ignored = asked
    ? new Set(feasible.filter((info) => !hasAllLabels(info, constraints)))
    : NOBODY
  const terms = constraints.map((constraint) => {
    const perNode = countsOf(counts, pod, constraint)
    const domains = domainCounts(
      constraint,
      pod,
      feasible,
      nodes,
      ignored,
      perNode,
      asked ? constraints : [],
    )
    const size = constraint.topologyKey === HOSTNAME ? feasible.length - ignored.size : domains.size
    return { constraint, perNode, domains, weight: Math.log(size + 2) }
  })
  const raw = feasible.map((info) => {
    if (ignored.has(info)) return -1
    let score = 0
    for (const { constraint, perNode, domains, weight } of terms) {
      const value = own(info.node.metadata.labels, constraint.topologyKey)
      if (value === undefined) continue
      const count =
        constraint.topologyKey === HOSTNAME
          ? (perNode.get(info.name) ?? 0)
          : (domains.get(value) ?? 0)
      score += count * weight + (constraint.maxSkew - 1)
    }
    return Math.round(score)
  })
  return normalized(raw)
}

const defaults = new WeakMap<Selector, readonly Constraint[]>()

const defaultsFor = (selector: Selector): readonly Constraint[] => {
  if (selector.length === 0) return NO_CONSTRAINTS
  const known = defaults.get(selector)
  if (known !== undefined) return known
  const constraints = defaultConstraints(selector)
  defaults.set(selector, constraints)
  return constraints
}

const NOBODY: ReadonlySet<NodeInfo> = new Set()
const NO_CONSTRAINTS: readonly Constraint[] = []

const domainCounts = (
  constraint: Constraint,
  pod: Pod,
  feasible: readonly NodeInfo[],
  nodes: readonly NodeInfo[],
  ignored: ReadonlySet<NodeInfo>,
  perNode: ReadonlyMap<string, number>,
  mustHave: readonly Constraint[],
): ReadonlyMap<string, number> => {
  const domains = new Map<string, number>()
  if (constraint.topologyKey === HOSTNAME) return domains
  for (const info of feasible) {
    const value = own(info.node.metadata.labels, constraint.topologyKey)
    if (value !== undefined && !ignored.has(info)) domains.set(value, 0)
  }
  if (domains.size === 0) return domains
  for (const info of nodes) {
    const value = own(info.node.metadata.labels, constraint.topologyKey) ?? ''
    const count = perNode.get(info.name) ?? 0
    if (count === 0 || !domains.has(value) || !hasAllLabels(info, mustHave)) continue
    if (isIncluded(constraint, pod, info)) domains.set(value, domains.get(value)! + count)
  }
  return domains
}

/** The fewer the better. -1 stands for a node that lacks a label. */
const normalized = (raw: readonly number[]): readonly number[] => {
  const valid = raw.filter((score) => score >= 0)
  let [least, most] = [Infinity, 0]
  for (const score of valid) [least, most] = [Math.min(least, score), Math.max(most, score)]
  return raw.map((score) =>
    score < 0 ? 0 : most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most),
  )
}
