// kubernetes: pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers
import type { Job, JobStatus } from '#api/batch/v1/job/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { formatTime } from '#apimachinery/time.ts'
import { withJobCondition } from '#kube-controller-manager/job/conditions.ts'
import { formatIndexes, indexOf, isIndexed } from '#kube-controller-manager/job/indexes.ts'
import {
  countsAsFailure,
  hasFailed,
  isTracked,
  type Finish,
  type JobSeen,
  type Verdict,
} from '#kube-controller-manager/job/verdict.ts'
import { isPodActive, isPodReady, isPodTerminating } from '#kube-controller-manager/pod-state.ts'

const MAX_UNCOUNTED = 500

export interface Tracked {
  /** The status to write before finalizers are removed: it remembers the Pods that are about to be counted. */
  readonly status: JobStatus
  readonly removeFinalizers: readonly Pod[]
}

/**
 * Ended Pods are counted exactly once, whatever happens in between: their uids go into the status, then their finalizers are removed,
 * then the counters go up and the uids out.
 */
export const trackPods = (seen: JobSeen, verdict: Verdict): Tracked => {
  const { job, pods } = seen
  const counted = countReleased(job.status, pods)
  const succeeded = [...(counted.uncountedTerminatedPods?.succeeded ?? [])]
  const failed = [...(counted.uncountedTerminatedPods?.failed ?? [])]
  const removeFinalizers: Pod[] = []
  for (const pod of pods) {
    if (!isTracked(pod) || !mayRelease(job, pod, verdict.finish)) continue
    if (succeeded.length + failed.length >= MAX_UNCOUNTED) break
    removeFinalizers.push(pod)
    const { uid = '' } = pod.metadata
    if (pod.status.phase === 'Succeeded' && !failed.includes(uid)) {
      if (!isIndexed(job) && !succeeded.includes(uid)) succeeded.push(uid)
    } else if (isNewFailure(job, pod, verdict.finish) && !failed.includes(uid)) failed.push(uid)
  }
  const status = { ...counted, uncountedTerminatedPods: uncounted(succeeded, failed) }
  return { status: withIndexes(job, status, verdict), removeFinalizers }
}

const uncounted = (succeeded: readonly string[], failed: readonly string[]) => ({
  ...(failed.length === 0 ? {} : { failed }),
  ...(succeeded.length === 0 ? {} : { succeeded }),
})

const mayRelease = (job: Job, pod: Pod, finish: Finish | undefined): boolean =>
  job.metadata.deletionTimestamp !== undefined ||
  finish !== undefined ||
  pod.status.phase === 'Succeeded' ||
  hasFailed(job, pod)

/** When a Job fails, whatever has not ended has failed with it. */
const isNewFailure = (job: Job, pod: Pod, finish: Finish | undefined): boolean =>
  (hasFailed(job, pod) || finish?.success === false) &&
  (!isIndexed(job) || indexOf(job, pod) !== undefined) &&
  countsAsFailure(job, pod)

const withIndexes = (job: Job, status: JobStatus, verdict: Verdict): JobStatus => {
  if (!isIndexed(job)) return status
  const { succeededIndexes, failedIndexes } = verdict
  const { completedIndexes: _, failedIndexes: __, ...rest } = status
  return {
    ...rest,
    ...(succeededIndexes.size === 0
      ? {}
      : { completedIndexes: formatIndexes(succeededIndexes), succeeded: succeededIndexes.size }),
    ...(failedIndexes === undefined ? {} : { failedIndexes: formatIndexes(failedIndexes) }),
  }
}

/** Counts the remembered Pods that have no finalizer any more. kubernetes: cleanUncountedPodsWithoutFinalizers */
export const countReleased = (status: JobStatus, pods: readonly Pod[]): JobStatus => {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  if (succeeded.length + failed.length === 0) return { ...status, uncountedTerminatedPods: {} }
  const held = new Set(pods.filter(isTracked).map((pod) => pod.metadata.uid ?? ''))
  const stillSucceeded = succeeded.filter((uid) => held.has(uid))
  const stillFailed = failed.filter((uid) => held.has(uid))
  const add = (count: number | undefined, all: readonly string[], left: readonly string[]) =>
    (count ?? 0) + all.length - left.length
  return {
    ...status,
    ...nonZero('succeeded', add(status.succeeded, succeeded, stillSucceeded)),
    ...nonZero('failed', add(status.failed, failed, stillFailed)),
    uncountedTerminatedPods: uncounted(stillSucceeded, stillFailed),
  }
}

const nonZero = (key: 'succeeded' | 'failed' | 'active', count: number): Partial<JobStatus> =>
  count === 0 ? {} : { [key]: count }

/** The status with the counts of Pods that are there and the condition that announces the end. */
export const withPresence = (
  status: JobStatus,
  { pods, now }: JobSeen,
  finish: Finish | undefined,
): JobStatus => {
  const active = pods.filter(isPodActive)
  const { active: _, ...rest } = status
  const conditions =
    finish === undefined
      ? (status.conditions ?? [])
      : withJobCondition(
          status.conditions ?? [],
          {
            type: finish.success ? 'SuccessCriteriaMet' : 'FailureTarget',
            status: 'True',
            reason: finish.reason,
            message: finish.message,
          },
          now,
        )
  return {
    ...rest,
    ...nonZero('active', active.length),
    ...(conditions.length === 0 ? {} : { conditions }),
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
  }
}

/** The final status, once all Pods are counted and none is left; undefined before. kubernetes: enactJobFinished */
export const finishedStatus = (
  status: JobStatus,
  finish: Finish | undefined,
  now: number,
): JobStatus | undefined => {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  if (finish === undefined || succeeded.length + failed.length > 0) return undefined
  if ((status.terminating ?? 0) > 0) return undefined
  const { success, reason, message } = finish
  const type = success ? 'Complete' : 'Failed'
  const condition = { type, status: 'True', reason, message } as const
  return {
    ...status,
    conditions: withJobCondition(status.conditions ?? [], condition, now),
    ...(success ? { completionTime: formatTime(now) } : {}),
  }
}
