// kubernetes: pkg/controller/job/job_controller.go newCondition, ensureJobConditionStatus
import type { Job, JobCondition } from '#api/batch/v1/job/types.ts'
import { formatTime } from '#apimachinery/time.ts'

export type JobConditions = readonly JobCondition[]

export const findJobCondition = (conditions: JobConditions, type: string) =>
  conditions.find((condition) => condition.type === type)

const isTrue = (job: Job, type: string): boolean =>
  findJobCondition(job.status?.conditions ?? [], type)?.status === 'True'

export const isComplete = (job: Job): boolean => isTrue(job, 'Complete')
export const isFailed = (job: Job): boolean => isTrue(job, 'Failed')
export const isFinished = (job: Job): boolean => isComplete(job) || isFailed(job)

export interface NewCondition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** The conditions with one brought to a status; nothing becomes False that was not there. */
export const withJobCondition = (
  conditions: JobConditions,
  { type, status, reason, message }: NewCondition,
  now: number,
): JobConditions => {
  const current = findJobCondition(conditions, type)
  if (current === undefined && status === 'False') return conditions
  if (current?.status === status && current.reason === reason && current.message === message)
    return conditions
  const time = formatTime(now)
  const made = { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message }
  return current === undefined
    ? [...conditions, made]
    : conditions.map((condition) => (condition === current ? made : condition))
}
