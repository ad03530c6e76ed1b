// kubernetes: pkg/controller/job/job_controller.go manageJob
import type { Job } from '#api/batch/v1/job/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { backOffUntil, blockedUntil, finishedAt } from '#kube-controller-manager/job/back-off.ts'
import { indexOf, isIndexed } from '#kube-controller-manager/job/indexes.ts'
import {
  countsAsFailure,
  failureCountOf,
  hasFailed,
  isTracked,
  replacesOnlyFailed,
  type JobSeen,
  type Verdict,
} from '#kube-controller-manager/job/verdict.ts'
import { isPodActive, isPodTerminating } from '#kube-controller-manager/pod-state.ts'
import { rankForDeletion } from '#kube-controller-manager/pod-ranking.ts'

/** A Pod to create; indexed Jobs say which. */
export interface Wanted {
  readonly index?: number
  readonly failures?: number
}

export interface JobWork {
  readonly create: readonly Wanted[]
  readonly remove: readonly Pod[]
  /** Pods are missing, but may be made only then. */
  readonly waitUntil?: number
}

// The Pods that come bring the Job back for more. kubernetes: MaxPodCreateDeletePerSync
const MAX_CREATED_AT_ONCE = 500

const NONE: JobWork = { create: [], remove: [] }

/** Which Pods a Job that is not at its end needs or has too many of. One sync only deletes or only creates. */
export const planWork = (seen: JobSeen, verdict: Verdict): JobWork => {
  const { job, pods, now } = seen
  const active = pods.filter(isPodActive)
  if (job.spec.suspend === true) return { ...NONE, remove: active }
  const wanted = wantedActive(job, verdict.succeeded, active.length)
  const remove = surplus(seen, active, Math.max(0, active.length - wanted))
  if (remove.length > 0) return { ...NONE, remove }
  const terminating = replacesOnlyFailed(job) ? pods.filter(isPodTerminating).length : 0
  const missing = Math.min(wanted - terminating - active.length, MAX_CREATED_AT_ONCE)
  if (missing <= 0) return NONE
  if (job.spec.backoffLimitPerIndex !== undefined) return perIndex(seen, verdict, missing)
  // Pods that the controller itself takes away lose their finalizer first and count for nothing.
  const failed = pods.filter(
    (pod) => pod.status.phase === 'Failed' || (isTracked(pod) && hasFailed(job, pod)),
  )
  const until = backOffUntil(
    pods.filter((pod) => pod.status.phase === 'Succeeded'),
    failed,
  )
  if (until > now) return { ...NONE, waitUntil: until }
  if (!isIndexed(job)) return { ...NONE, create: Array.from({ length: missing }, () => ({})) }
  return { ...NONE, create: pendingIndexes(seen, verdict, missing).map((index) => ({ index })) }
}

const wantedActive = (job: Job, succeeded: number, active: number): number => {
  const { completions, parallelism = 1 } = job.spec
  // Without a number of completions the first success is enough: what runs may finish, nothing new starts.
  if (completions === undefined) return succeeded > 0 ? active : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

/** kubernetes: activePodsForRemoval: of an indexed Job first what has a doubled or invalid index */
const surplus = (
  { job, now }: JobSeen,
  active: readonly Pod[],
  atLeast: number,
): readonly Pod[] => {
  const ranked = rankForDeletion(active, () => 0, now)
  if (!isIndexed(job)) return ranked.slice(0, atLeast)
  const kept = new Map<number, Pod>()
  for (const pod of ranked) {
    const index = indexOf(job, pod)
    if (index !== undefined) kept.set(index, pod)
  }
  const keepers = new Set(kept.values())
  const invalid = ranked.filter((pod) => !keepers.has(pod))
  const others = ranked.filter((pod) => keepers.has(pod))
  return [...invalid, ...others.slice(0, Math.max(0, atLeast - invalid.length))]
}

/** The lowest indexes that neither are done nor have a Pod. kubernetes: firstPendingIndexes */
const pendingIndexes = ({ job, pods }: JobSeen, verdict: Verdict, count: number): number[] => {
  const blocksIndex = (pod: Pod): boolean =>
    isPodActive(pod) || (replacesOnlyFailed(job) && isPodTerminating(pod))
  const taken = new Set(pods.flatMap((pod) => (blocksIndex(pod) ? (indexOf(job, pod) ?? []) : [])))
  const pending: number[] = []
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index++)
    if (
      !taken.has(index) &&
      !verdict.succeededIndexes.has(index) &&
      verdict.failedIndexes?.has(index) !== true
    )
      pending.push(index)
  return pending
}

/** Each index backs off by itself. kubernetes: getPodCreationInfoForIndependentIndexes */
const perIndex = (seen: JobSeen, verdict: Verdict, missing: number): JobWork => {
  const { job, pods, now } = seen
  const create: Wanted[] = []
  let earliest: number | undefined
  for (const index of pendingIndexes(seen, verdict, missing)) {
    const last = pods
      .filter((pod) => hasFailed(job, pod) && indexOf(job, pod) === index)
      .toSorted((a, b) => finishedAt(a) - finishedAt(b))
      .at(-1)
    const failures =
      last === undefined ? 0 : failureCountOf(last) + (countsAsFailure(job, last) ? 1 : 0)
    const until = last === undefined ? -Infinity : blockedUntil(failures, finishedAt(last))
    if (until <= now) create.push({ index, failures })
    else if (earliest === undefined || until < earliest) earliest = until
  }
  if (create.length > 0 || earliest === undefined) return { ...NONE, create }
  return { ...NONE, waitUntil: earliest }
}
