// kubernetes: pkg/scheduler/framework/preemption/preemption.go, plugins/defaultpreemption/default_preemption.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import type { Client } from '#client/client.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { keyOf, own } from '#apimachinery/object.ts'
import type { ClusterState } from '#kube-scheduler/cluster-state.ts'
import { final, fitMessage, priorityOf, type Rejection } from '#kube-scheduler/filter-status.ts'
import type { Filter } from '#kube-scheduler/filters.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'

/** Pods that would have to go from a node, the most important first. */
export interface Candidate {
  readonly node: string
  readonly victims: readonly Pod[]
  /** How many of them a disruption budget protects. */
  readonly violations: number
}

export type Preemption =
  | { readonly kind: 'victims'; readonly candidate: Candidate }
  | { readonly kind: 'none'; readonly message: string }

const NOT_HELPFUL = final('DefaultPreemption', 'Preemption is not helpful for scheduling')
const NO_VICTIMS = final('DefaultPreemption', 'No preemption victims found for incoming pod')

/** Which Pods to send away so that this one fits somewhere, or why that would not help. */
export const preempt = (
  pod: Pod,
  state: ClusterState,
  client: Client,
  rejections: ReadonlyMap<string, Rejection>,
  filter: Filter | undefined,
): Preemption => {
  const refusal = ineligible(pod, state)
  if (refusal !== undefined) return { kind: 'none', message: refusal }
  const nodes = state.nodes()
  const mayHaveVictims = filter !== undefined && state.hasLessImportant(priorityOf(pod))
  const budgets = client.list('poddisruptionbudgets.policy')
  const candidates: Candidate[] = []
  const answers: Rejection[] = []
  for (const info of nodes) {
    const rejection = rejections.get(info.name)
    if (rejection === undefined || rejection.isFinal) answers.push(NOT_HELPFUL)
    else if (!mayHaveVictims) answers.push(NO_VICTIMS)
    else {
      const found = victimsOn(info, pod, filter, budgets)
      if ('victims' in found) candidates.push(found)
      else answers.push(found)
    }
  }
  if (candidates.length === 0) return { kind: 'none', message: fitMessage(nodes.length, answers) }
  return {
    kind: 'victims',
    candidate: candidates.reduce((best, next) => (isBetter(next, best) ? next : best)),
  }
}

/** kubernetes: PodEligibleToPreemptOthers */
const ineligible = (pod: Pod, state: ClusterState): string | undefined => {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = state.node(pod.status.nominatedNodeName ?? '')
  for (const other of nominated?.pods.values() ?? [])
    if (other.metadata.deletionTimestamp !== undefined && priorityOf(other) < priorityOf(pod))
      return 'not eligible due to a terminating pod on the nominated node.'
  return undefined
}

/** The fewest and least important Pods whose going makes room. kubernetes: SelectVictimsOnNode */
const victimsOn = (
  info: NodeInfo,
  pod: Pod,
  filter: Filter,
  budgets: readonly PodDisruptionBudget[],
): Candidate | Rejection => {
  const potential = [...info.pods.values()].filter((other) => priorityOf(other) < priorityOf(pod))
  if (potential.length === 0) return NO_VICTIMS
  const emptied = info.copy()
  for (const victim of potential) emptied.remove(keyOf(victim))
  const rejection = filter(emptied)
  if (rejection !== undefined) return rejection
  const { violating, harmless } = byBudget(potential.sort(byImportance), budgets)
  const victims: Pod[] = []
  let violations = 0
  const reprieve = (victim: Pod): boolean => {
    emptied.add(keyOf(victim), victim)
    if (filter(emptied) === undefined) return true
    emptied.remove(keyOf(victim))
    victims.push(victim)
    return false
  }
  for (const victim of violating) if (!reprieve(victim)) violations++
  for (const victim of harmless) reprieve(victim)
  return { node: info.name, victims: victims.sort(byImportance), violations }
}

/** More important first: priority, then the longer running, then by name. kubernetes: MoreImportantPod */
const byImportance = (a: Pod, b: Pod): number =>
  priorityOf(b) - priorityOf(a) ||
  compare(a.status.startTime ?? '9', b.status.startTime ?? '9') ||
  compare(keyOf(a), keyOf(b))

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** kubernetes: filterPodsWithPDBViolation */
const byBudget = (pods: readonly Pod[], budgets: readonly PodDisruptionBudget[]) => {
  const allowed = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]))
  const violating: Pod[] = []
  const harmless: Pod[] = []
  for (const pod of pods) {
    let violates = false
    for (const budget of budgets) {
      if (!protects(budget, pod)) continue
      const left = allowed.get(budget)! - 1
      allowed.set(budget, left)
      if (left < 0) violates = true
    }
    ;(violates ? violating : harmless).push(pod)
  }
  return { violating, harmless }
}

const protects = ({ metadata, spec, status }: PodDisruptionBudget, pod: Pod): boolean => {
  if (metadata.namespace !== pod.metadata.namespace || pod.metadata.labels === undefined)
    return false
  const selector = selectorFromLabelSelector(spec.selector)
  if (selector === undefined || selector.length === 0 || !matches(selector, pod.metadata.labels))
    return false
  return own(status?.disruptedPods, pod.metadata.name ?? '') === undefined
}

/** kubernetes: pickOneNodeForPreemption */
const isBetter = (a: Candidate, b: Candidate): boolean => {
  const [x, y] = [rank(a), rank(b)]
  for (const [index, value] of x.entries()) if (value !== y[index]) return value < y[index]!
  const [startA, startB] = [earliestStart(a), earliestStart(b)]
  return startA === startB ? a.node < b.node : startA > startB
}

const MIN_PRIORITY = 2 ** 31

const rank = ({ violations, victims }: Candidate): readonly number[] => [
  violations,
  victims[0] === undefined ? -Infinity : priorityOf(victims[0]),
  victims.reduce((sum, victim) => sum + priorityOf(victim) + MIN_PRIORITY, 0),
  victims.length,
]

/** When the longest running of the most important victims started. */
const earliestStart = ({ victims }: Candidate): string => {
  const top = victims.filter((victim) => priorityOf(victim) === priorityOf(victims[0]!))
  return top.map(({ status }) => status.startTime ?? '9').sort()[0] ?? '9'
}
