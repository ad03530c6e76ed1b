// kubernetes: pkg/controller/disruption/disruption.go
import type { Condition } from '#api/meta/v1/shared-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type {
  PodDisruptionBudget,
  PodDisruptionBudgetStatus,
} from '#api/policy/v1/pod-disruption-budget/types.ts'
import { own, setKey } from '#apimachinery/object.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import { scaledValue } from '#kube-controller-manager/int-or-percent.ts'
import { isPodReady } from '#kube-controller-manager/pod-state.ts'

/** How long an eviction that was allowed may take before its Pod counts again. */
const DELETION_TIMEOUT_MS = 120_000

export interface BudgetSeen {
  readonly budget: PodDisruptionBudget
  readonly pods: readonly Pod[]
  /** How many Pods their controllers want; a text says why that is unknown. */
  readonly expectedScale: () => number | string
  readonly now: number
}

export interface BudgetPlan {
  readonly status: PodDisruptionBudgetStatus
  /** When an eviction that did not happen is forgotten. */
  readonly recheckAt?: number
  readonly failure?: string
}

export const planBudget = (seen: BudgetSeen): BudgetPlan => {
  const { budget, pods, now } = seen
  const counts = expectations(seen)
  if (typeof counts === 'string') return { status: failSafe(budget, counts, now), failure: counts }
  const { disruptedPods, recheckAt } = pendingEvictions(seen)
  const isHealthy = (pod: Pod): boolean =>
    pod.metadata.deletionTimestamp === undefined &&
    !Object.hasOwn(disruptedPods, pod.metadata.name ?? '') &&
    isPodReady(pod)
  const currentHealthy = pods.filter(isHealthy).length
  const spare = currentHealthy - counts.desiredHealthy
  const disruptionsAllowed = counts.expectedPods > 0 && spare > 0 ? spare : 0
  const { generation = 0 } = budget.metadata
  const status: PodDisruptionBudgetStatus = {
    conditions: withCondition(
      budget,
      disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      '',
      now,
    ),
    currentHealthy,
    desiredHealthy: counts.desiredHealthy,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    disruptionsAllowed,
    expectedPods: counts.expectedPods,
    observedGeneration: generation,
  }
  return { status, ...(recheckAt === undefined ? {} : { recheckAt }) }
}

interface Expectations {
  readonly expectedPods: number
  readonly desiredHealthy: number
}

/** kubernetes: getExpectedPodCount */
const expectations = ({ budget, pods, expectedScale }: BudgetSeen): Expectations | string => {
  const { maxUnavailable, minAvailable } = budget.spec
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { expectedPods: pods.length, desiredHealthy: minAvailable }
  if (maxUnavailable === undefined && minAvailable === undefined)
    return { expectedPods: 0, desiredHealthy: 0 }
  const expectedPods = expectedScale()
  if (typeof expectedPods === 'string') return expectedPods
  const desiredHealthy =
    maxUnavailable === undefined
      ? scaledValue(minAvailable, expectedPods, 'up')
      : Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, 'up'))
  return { expectedPods, desiredHealthy }
}

/** Evictions that were allowed and whose Pods are still there. kubernetes: buildDisruptedPodMap */
const pendingEvictions = ({ budget, pods, now }: BudgetSeen) => {
  const disruptedPods: Record<string, string> = {}
  let recheckAt: number | undefined
  for (const { metadata } of pods) {
    const { name = '' } = metadata
    const since = own(budget.status?.disruptedPods, name)
    if (since === undefined || metadata.deletionTimestamp !== undefined) continue
    const until = parseTime(since) + DELETION_TIMEOUT_MS
    if (until < now) continue
    setKey(disruptedPods, name, since)
    if (recheckAt === undefined || until < recheckAt) recheckAt = until + 1
  }
  return { disruptedPods, recheckAt }
}

/** Nothing may be evicted while the number of Pods to expect is unknown. kubernetes: failSafe */
const failSafe = (
  budget: PodDisruptionBudget,
  message: string,
  now: number,
): PodDisruptionBudgetStatus => ({
  currentHealthy: 0,
  desiredHealthy: 0,
  expectedPods: 0,
  ...budget.status,
  disruptionsAllowed: 0,
  conditions: withCondition(budget, 'SyncFailed', message, now),
})

const withCondition = (
  budget: PodDisruptionBudget,
  reason: 'SufficientPods' | 'InsufficientPods' | 'SyncFailed',
  message: string,
  now: number,
): readonly Condition[] => {
  const old = budget.status?.conditions ?? []
  const current = old.find(({ type }) => type === 'DisruptionAllowed')
  const status = reason === 'SufficientPods' ? 'True' : 'False'
  const { generation } = budget.metadata
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: current?.status === status ? current.lastTransitionTime : formatTime(now),
    reason,
    message,
  }
  return current === undefined
    ? [...old, condition]
    : old.map((one) => (one === current ? condition : one))
}
