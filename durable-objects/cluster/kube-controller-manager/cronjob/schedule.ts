// kubernetes: pkg/controller/cronjob/utils.go mostRecentScheduleTime, nextScheduleTime
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import { parseTime } from '#apimachinery/time.ts'

/** The first moment of a schedule after another; undefined if there is none. */
export type Next = (after: number) => number | undefined

export interface Due {
  /** The latest moment that has come and was not used yet. */
  readonly due: number | undefined
  /** The first moment to come. */
  readonly next: number | undefined
  /** Moments were missed by the hundred. */
  readonly tooMany: boolean
}

const MANY = 100

/** Which run of a CronJob is due. Of missed ones only the latest counts. */
export const dueAt = (cronJob: CronJob, next: Next, now: number): Due => {
  const { startingDeadlineSeconds } = cronJob.spec
  const since = parseTime(
    cronJob.status.lastScheduleTime ?? cronJob.metadata.creationTimestamp ?? '',
  )
  const all = around(since, next, now)
  if (startingDeadlineSeconds === undefined) return all
  const deadline = now - startingDeadlineSeconds * 1000
  return deadline <= since ? all : { ...around(deadline, next, now), next: all.next }
}

/** The last moment up to now and the first after it, counted from `since`. */
const around = (since: number, next: Next, now: number): Due => {
  const first = next(since)
  if (first === undefined || first > now) return { due: undefined, next: first, tooMany: false }
  const second = next(first)
  if (second === undefined || second > now) return { due: first, next: second, tooMany: false }
  const interval = second - first
  const missed = Math.floor((now - first) / interval) + 1
  // Near the end first, since a CronJob may have slept for years.
  const near = Math.max(first, first + (missed - 2) * interval)
  let due = first
  let upcoming: number | undefined = near === first ? second : next(near)
  if (upcoming !== undefined && upcoming > now) upcoming = second
  while (upcoming !== undefined && upcoming <= now) {
    due = upcoming
    upcoming = next(upcoming)
  }
  return { due, next: upcoming, tooMany: missed > MANY }
}

/** `report-29045280`: a run is named after its minute, so that it is never started twice. */
export const jobNameOf = (cronJob: CronJob, scheduled: number): string =>
  `${cronJob.metadata.name ?? ''}-${Math.floor(scheduled / 60_000)}`
