// kubernetes: pkg/controller/controller_utils.go ActivePodsWithRanks
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import { podCondition } from '#kube-controller-manager/pod-state.ts'

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

interface Rank {
  readonly pod: Pod
  readonly bound: number
  readonly phase: number
  readonly ready: number
  readonly cost: number
  readonly crowd: number
  readonly readyAge: number
  readonly restarts: number
  readonly age: number
}

/**
 * Pods in the order in which they are given up: unbound, pending and not ready ones first, then cheap ones, those on crowded nodes,
 * the youngest. Ages count on a logarithmic scale, so that it is not always the very youngest. `crowd` says how many related Pods
 * share a Pod's node.
 */
export const rankForDeletion = (
  pods: readonly Pod[],
  crowd: (pod: Pod) => number,
  now: number,
): readonly Pod[] =>
  pods
    .map((pod) => rankOf(pod, crowd(pod), now))
    .sort(compare)
    .map(({ pod }) => pod)

const rankOf = (pod: Pod, crowd: number, now: number): Rank => {
  const condition = podCondition(pod, 'Ready')
  const ready = condition?.status === 'True'
  return {
    pod,
    bound: (pod.spec.nodeName ?? '') === '' ? 0 : 1,
    phase: PHASES[pod.status.phase ?? ''] ?? 0,
    ready: ready ? 1 : 0,
    cost: deletionCost(pod),
    crowd,
    readyAge: ready ? logarithmicAge(condition.lastTransitionTime, now) : 0,
    restarts: mostRestarts(pod),
    age: logarithmicAge(pod.metadata.creationTimestamp, now),
  }
}

const compare = (a: Rank, b: Rank): number =>
  a.bound - b.bound ||
  a.phase - b.phase ||
  a.ready - b.ready ||
  a.cost - b.cost ||
  b.crowd - a.crowd ||
  a.readyAge - b.readyAge ||
  b.restarts - a.restarts ||
  a.age - b.age ||
  ((a.pod.metadata.uid ?? '') < (b.pod.metadata.uid ?? '') ? -1 : 1)

/** The integer logarithm of an age in nanoseconds; -1 for no age at all. kubernetes: logarithmicRankDiff */
const logarithmicAge = (since: string | undefined, now: number): number => {
  const age = since === undefined ? 0 : (now - parseTime(since)) * 1e6
  return age > 0 ? Math.floor(Math.log2(age)) : -1
}

/** Upstream ignores what is no decimal int32: a cost of 0. */
const deletionCost = (pod: Pod): number => {
  const text = own(pod.metadata.annotations, 'controller.kubernetes.io/pod-deletion-cost')
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0
}

const mostRestarts = (pod: Pod): number =>
  (pod.status.containerStatuses ?? []).reduce((most, s) => Math.max(most, s.restartCount), 0)
