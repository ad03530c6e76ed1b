// kubernetes: pkg/controller/job/job_controller.go syncJob
import type { Job } from '#api/batch/v1/job/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import { findJobCondition } from '#kube-controller-manager/job/conditions.ts'
import { matchFailurePolicy } from '#kube-controller-manager/job/failure-policy.ts'
import {
  indexOf,
  isIndexed,
  metSuccessRule,
  parseIndexes,
} from '#kube-controller-manager/job/indexes.ts'

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'
export const FAILURE_COUNT_KEY = 'batch.kubernetes.io/job-index-failure-count'

export interface JobSeen {
  readonly job: Job
  readonly pods: readonly Pod[]
  readonly now: number
}

/** How a Job ends. */
export interface Finish {
  readonly success: boolean
  readonly reason: string
  readonly message: string
}

export interface Verdict {
  readonly succeeded: number
  readonly finish: Finish | undefined
  /** Of an Indexed Job; empty otherwise. */
  readonly succeededIndexes: ReadonlySet<number>
  /** Where indexes have their own back-off limit. */
  readonly failedIndexes: ReadonlySet<number> | undefined
}

export const isTracked = (pod: Pod): boolean =>
  pod.metadata.finalizers?.includes(TRACKING_FINALIZER) === true

/** Whether a new Pod is made only when the old one has ended, not while it terminates. */
export const replacesOnlyFailed = (job: Job): boolean => job.spec.podReplacementPolicy === 'Failed'

/** A Pod that is being deleted has failed too, unless it may still end by itself. */
export const hasFailed = (job: Job, pod: Pod): boolean =>
  pod.status.phase === 'Failed' ||
  (!replacesOnlyFailed(job) &&
    pod.metadata.deletionTimestamp !== undefined &&
    pod.status.phase !== 'Succeeded')

export const countsAsFailure = (job: Job, pod: Pod): boolean =>
  matchFailurePolicy(job.spec.podFailurePolicy, pod)?.action !== 'Ignore'

export const failureCountOf = (pod: Pod): number =>
  Number(own(pod.metadata.annotations, FAILURE_COUNT_KEY) ?? 0)

/** What the Pods say about a Job: how much is done and whether it is at its end. */
export const judge = (seen: JobSeen): Verdict => {
  const { job, pods } = seen
  const { succeeded, failed } = tally(seen)
  const indexed = isIndexed(job)
  const succeededIndexes = indexed ? doneIndexes(seen) : new Set<number>()
  const failedIndexes =
    job.spec.backoffLimitPerIndex === undefined ? undefined : brokenIndexes(seen)
  const finish =
    knownFinish(job) ??
    failedByPolicy(job, pods) ??
    pastLimits(seen, failed) ??
    (failedIndexes && pastFailedIndexes(job, failedIndexes, succeededIndexes)) ??
    (indexed ? bySuccessPolicy(job, succeededIndexes) : undefined)
  const total = indexed ? succeededIndexes.size : succeeded
  return { succeeded: total, finish, succeededIndexes, failedIndexes }
}

/** Counts of the status and of those Pods that are not in it yet. */
const tally = ({ job, pods }: JobSeen): { readonly succeeded: number; readonly failed: number } => {
  const { succeeded = 0, failed = 0, uncountedTerminatedPods: uncounted } = job.status
  const isNew = (pod: Pod, counted: readonly string[] | undefined): boolean =>
    isTracked(pod) &&
    counted?.includes(pod.metadata.uid ?? '') !== true &&
    (!isIndexed(job) || indexOf(job, pod) !== undefined)
  const newSucceeded = pods.filter(
    (pod) => pod.status.phase === 'Succeeded' && isNew(pod, uncounted?.succeeded),
  )
  const newFailed = pods.filter(
    (pod) => hasFailed(job, pod) && isNew(pod, uncounted?.failed) && countsAsFailure(job, pod),
  )
  return {
    succeeded: succeeded + newSucceeded.length + (uncounted?.succeeded?.length ?? 0),
    failed: failed + newFailed.length + (uncounted?.failed?.length ?? 0),
  }
}

const doneIndexes = ({ job, pods }: JobSeen): ReadonlySet<number> => {
  const before = parseIndexes(job.status.completedIndexes, job.spec.completions ?? 0)
  const now = pods.flatMap((pod) =>
    pod.status.phase === 'Succeeded' ? (indexOf(job, pod) ?? []) : [],
  )
  return new Set([...before, ...now])
}

const brokenIndexes = ({ job, pods }: JobSeen): ReadonlySet<number> => {
  const before = parseIndexes(job.status.failedIndexes, job.spec.completions ?? 0)
  const limit = job.spec.backoffLimitPerIndex ?? 0
  const now = pods.flatMap((pod) => {
    if (!hasFailed(job, pod)) return []
    const action = matchFailurePolicy(job.spec.podFailurePolicy, pod)?.action
    const isFinal = action === 'FailIndex' || (action !== 'Ignore' && failureCountOf(pod) >= limit)
    return isFinal ? (indexOf(job, pod) ?? []) : []
  })
  return new Set([...before, ...now])
}

/** An end that an earlier sync decided on and that waits for Pods to go. */
const knownFinish = ({ status }: Job): Finish | undefined => {
  for (const [type, success] of [
    ['SuccessCriteriaMet', true],
    ['FailureTarget', false],
  ] as const) {
    const condition = findJobCondition(status.conditions ?? [], type)
    if (condition?.status === 'True')
      return { success, reason: condition.reason ?? '', message: condition.message ?? '' }
  }
  return undefined
}

const failure = (reason: string, message: string): Finish => ({ success: false, reason, message })

const failedByPolicy = (job: Job, pods: readonly Pod[]): Finish | undefined => {
  for (const pod of pods) {
    if (!hasFailed(job, pod)) continue
    const message = matchFailurePolicy(job.spec.podFailurePolicy, pod)?.failJobMessage
    if (message !== undefined) return failure('PodFailurePolicy', message)
  }
  return undefined
}

const pastLimits = ({ job, pods, now }: JobSeen, failed: number): Finish | undefined => {
  if (failed > (job.spec.backoffLimit ?? 6) || restartedTooOften(job, pods))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const deadline = activeDeadline(job)
  return deadline !== undefined && now >= deadline
    ? failure('DeadlineExceeded', 'Job was active longer than specified deadline')
    : undefined
}

/** When a Job that runs has run too long. */
export const activeDeadline = ({ spec, status }: Job): number | undefined =>
  spec.activeDeadlineSeconds === undefined ||
  status.startTime === undefined ||
  spec.suspend === true
    ? undefined
    : parseTime(status.startTime) + spec.activeDeadlineSeconds * 1000

/** kubernetes: pastBackoffLimitOnFailure */
const restartedTooOften = (job: Job, pods: readonly Pod[]): boolean => {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  const limit = job.spec.backoffLimit ?? 6
  let restarts = 0
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue
    for (const one of [
      ...(status.initContainerStatuses ?? []),
      ...(status.containerStatuses ?? []),
    ])
      restarts += one.restartCount
  }
  return limit === 0 ? restarts > 0 : restarts >= limit
}

const pastFailedIndexes = (
  { spec }: Job,
  failed: ReadonlySet<number>,
  succeeded: ReadonlySet<number>,
): Finish | undefined => {
  if (spec.maxFailedIndexes !== undefined && failed.size > spec.maxFailedIndexes)
    return failure(
      'MaxFailedIndexesExceeded',
      'Job has exceeded the specified maximal number of failed indexes',
    )
  return failed.size > 0 && failed.size + succeeded.size >= (spec.completions ?? 0)
    ? failure('FailedIndexes', 'Job has failed indexes')
    : undefined
}

const bySuccessPolicy = (job: Job, succeeded: ReadonlySet<number>): Finish | undefined => {
  const message = metSuccessRule(job, succeeded)
  return message === undefined ? undefined : { success: true, reason: 'SuccessPolicy', message }
}

/** Whether as many Pods succeeded as the Job asks for and none is left running. */
export const completion = (job: Job, succeeded: number, active: number): Finish | undefined => {
  const { completions } = job.spec
  const enough = completions === undefined ? succeeded > 0 : succeeded >= completions
  if (!enough || active > 0) return undefined
  const message = 'Reached expected number of succeeded pods'
  return { success: true, reason: 'CompletionsReached', message }
}
