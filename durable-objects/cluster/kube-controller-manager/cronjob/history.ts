// kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob, cleanupFinishedJobs
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import type { ObjectReference } from '#api/core/v1/reference-types.ts'
import { isComplete, isFailed, isFinished } from '#kube-controller-manager/job/conditions.ts'

export interface ActiveJobs {
  readonly active: readonly ObjectReference[]
  /** Jobs in the list that ended. */
  readonly completed: readonly Job[]
  /** Jobs in the list that are no more. */
  readonly missing: readonly ObjectReference[]
  /** Jobs that run and are not in the list. */
  readonly unexpected: readonly Job[]
  readonly lastSuccessfulTime: string | undefined
}

/** Compares the list of active Jobs with the Jobs that are. */
export const reviewActive = (cronJob: CronJob, jobs: readonly Job[]): ActiveJobs => {
  const listed = cronJob.status.active ?? []
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]))
  const completed: Job[] = []
  const missing: ObjectReference[] = []
  const active = listed.filter((reference) => {
    const job = byUid.get(reference.uid)
    if (job === undefined) missing.push(reference)
    else if (isFinished(job)) completed.push(job)
    else return true
    return false
  })
  const known = new Set(listed.map(({ uid }) => uid))
  const unexpected = jobs.filter((job) => !isFinished(job) && !known.has(job.metadata.uid))
  const successes = jobs.flatMap((job) =>
    isComplete(job) ? (job.status.completionTime ?? []) : [],
  )
  const { lastSuccessfulTime } = cronJob.status
  const before = lastSuccessfulTime === undefined ? [] : [lastSuccessfulTime]
  const latest = [...successes, ...before].sort().at(-1)
  return {
    active: active.length === listed.length ? listed : active,
    completed,
    missing,
    unexpected,
    lastSuccessfulTime: latest,
  }
}

/** The oldest finished Jobs beyond the limits. */
export const jobsToForget = (cronJob: CronJob, jobs: readonly Job[]): readonly Job[] => {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec
  return [
    ...oldest(jobs.filter(isComplete), successfulJobsHistoryLimit),
    ...oldest(jobs.filter(isFailed), failedJobsHistoryLimit),
  ]
}

const oldest = (jobs: readonly Job[], limit: number | undefined): readonly Job[] =>
  limit === undefined ? [] : jobs.toSorted(byStart).slice(0, Math.max(0, jobs.length - limit))

const byStart = (a: Job, b: Job): number => {
  const [first, second] = [a.status.startTime ?? '~', b.status.startTime ?? '~']
  if (first !== second) return first < second ? -1 : 1
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}
