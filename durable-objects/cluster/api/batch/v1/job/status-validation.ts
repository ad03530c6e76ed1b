// What the status of a Job may become: whoever manages Jobs must keep to what clients expect of them. Only what changes is looked at, so that
// a status that is odd already can still be mended. kubernetes: pkg/apis/batch/validation/validation.go ValidateJobStatusUpdate,
// pkg/registry/batch/job/strategy.go getStatusValidationOptions
import { append } from '#apimachinery/append.ts'
import { notNegative } from '#api/apps/v1/workload-validation.ts'
import { countIndexes, overlapOf } from '#api/batch/v1/index-intervals.ts'
import type { Job, JobStatus } from '#api/batch/v1/job/types.ts'
import {
  duplicateValue,
  type FieldError,
  invalidValue,
  OMIT_VALUE,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import { FIELD_IMMUTABLE } from '#apimachinery/validation/metadata.ts'

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const

/** What of a status rules are about. */
interface Facts {
  readonly isComplete: boolean
  readonly isFailed: boolean
  readonly isFinished: boolean
  readonly isToFail: boolean
  readonly isToSucceed: boolean
}

const has = ({ conditions = [] }: JobStatus, type: string, status = 'True'): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === status)

const factsOf = (status: JobStatus): Facts => {
  const [isComplete, isFailed] = [has(status, 'Complete'), has(status, 'Failed')]
  return {
    isComplete,
    isFailed,
    isFinished: isComplete || isFailed,
    isToFail: has(status, 'FailureTarget'),
    isToSucceed: has(status, 'SuccessCriteriaMet'),
  }
}

/** A status before and after. */
class Transition {
  readonly job: Job
  readonly status: JobStatus
  readonly oldStatus: JobStatus
  readonly now: Facts
  readonly before: Facts
  readonly errors: FieldError[] = []

  constructor(job: Job, old: Job) {
    this.job = job
    this.status = job.status ?? {}
    this.oldStatus = old.status ?? {}
    this.now = factsOf(this.status)
    this.before = factsOf(this.oldStatus)
  }

  differs(fact: keyof Facts): boolean {
    return this.now[fact] !== this.before[fact]
  }

  changes(field: keyof JobStatus): boolean {
    return !equal(this.status[field], this.oldStatus[field])
  }

  condition(message: string): void {
    this.errors.push(invalidValue('status.conditions', OMIT_VALUE, message))
  }

  invalid(field: keyof JobStatus, message: string, shown: unknown = this.status[field]): void {
    this.errors.push(invalidValue(`status.${field}`, shown, message))
  }

  required(field: keyof JobStatus, message: string): void {
    this.errors.push(requiredValue(`status.${field}`, message))
  }
}

export const validateJobStatusUpdate = (job: Job, old: Job): readonly FieldError[] => {
  const change = new Transition(job, old)
  const { status, errors } = change
  append(
    errors,
    COUNTS.flatMap((field) => notNegative(status[field], `status.${field}`)),
  )
  validateUncounted(change)
  validateEnd(change)
  validateFinished(change)
  validateIndexes(change)
  validateCounts(change)
  validateSuccess(change)
  validateSteps(change)
  return errors
}

const validateUncounted = ({ status, errors }: Transition): void => {
  const seen = new Set<string>()
  for (const kind of ['succeeded', 'failed'] as const)
    for (const [index, uid] of (status.uncountedTerminatedPods?.[kind] ?? []).entries()) {
      const path = `status.uncountedTerminatedPods.${kind}[${index}]`
      if (uid === '') errors.push(invalidValue(path, uid, 'must not be empty'))
      else if (seen.has(uid)) errors.push(duplicateValue(path, uid))
      else seen.add(uid)
    }
}

const validateEnd = (change: Transition): void => {
  const { status, now } = change
  const { startTime, completionTime } = status
  const isCompletedAnew = change.differs('isComplete') || change.changes('completionTime')
  const isTimed = change.changes('startTime') || change.changes('completionTime')
  if (change.differs('isComplete') || change.differs('isFailed'))
    if (now.isComplete && now.isFailed)
      change.condition('cannot set Complete=True and Failed=true conditions')
  if (change.differs('isComplete') || change.differs('isToFail'))
    if (now.isComplete && now.isToFail)
      change.condition('cannot set Complete=True and FailureTarget=true conditions')
  if (isCompletedAnew && completionTime !== undefined && !now.isComplete)
    change.invalid(
      'completionTime',
      'cannot set completionTime when there is no Complete=True condition',
    )
  if (isCompletedAnew && completionTime === undefined && now.isComplete)
    change.required('completionTime', 'completionTime is required for Complete jobs')
  if (isTimed && startTime !== undefined && completionTime !== undefined)
    if (parseTime(completionTime) < parseTime(startTime))
      change.invalid('completionTime', 'must be equal to or after `startTime`')
  if ((change.differs('isFailed') || change.changes('failedIndexes')) && now.isFailed)
    if (!now.isToFail)
      change.condition('cannot set Failed=True condition without the FailureTarget=true condition')
  if ((change.differs('isComplete') || change.differs('isToSucceed')) && now.isComplete)
    if (!now.isToSucceed)
      change.condition(
        'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      )
}

const validateFinished = (change: Transition): void => {
  const { job, status, now } = change
  if (!now.isFinished) return
  const isNew = change.differs('isFinished')
  const isEmptyAndSuspended = job.spec.suspend === true && job.spec.completions === 0
  if ((isNew || change.changes('active')) && (status.active ?? 0) > 0)
    change.invalid('active', 'active>0 is invalid for finished job')
  if ((isNew || change.changes('startTime')) && !isEmptyAndSuspended)
    if (status.startTime === undefined)
      change.required('startTime', 'startTime is required for finished job')
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  if (!isNew && !change.changes('uncountedTerminatedPods')) return
  if (succeeded.length + failed.length === 0) return
  const shown = {
    Succeeded: succeeded.length === 0 ? null : succeeded,
    Failed: failed.length === 0 ? null : failed,
  }
  change.invalid('uncountedTerminatedPods', 'must be empty for finished job', shown)
}

const validateIndexes = (change: Transition): void => {
  const { status, job } = change
  const { completions, completionMode, backoffLimitPerIndex } = job.spec
  const { completedIndexes = '', failedIndexes } = status
  const isCompletedChanged = completedIndexes !== (change.oldStatus.completedIndexes ?? '')
  const isFailedChanged = change.changes('failedIndexes')
  const parse = (field: 'completedIndexes' | 'failedIndexes', text: string, most: number): void => {
    const parsed = countIndexes(text, most)
    if (typeof parsed === 'string') change.invalid(field, `error parsing ${field}: ${parsed}`)
  }
  if (isCompletedChanged && completions !== undefined)
    parse('completedIndexes', completedIndexes, completions)
  if (isFailedChanged && failedIndexes !== undefined && backoffLimitPerIndex !== undefined)
    if (completions !== undefined) parse('failedIndexes', failedIndexes, completions)
  if (isCompletedChanged && completedIndexes !== '' && completionMode !== 'Indexed')
    change.invalid(
      'completedIndexes',
      'cannot set non-empty completedIndexes when non-indexed completion mode',
    )
  if (failedIndexes === undefined) return
  if (isFailedChanged && backoffLimitPerIndex === undefined)
    change.invalid(
      'failedIndexes',
      'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    )
  if ((!isFailedChanged && !isCompletedChanged) || completions === undefined) return
  const overlap = overlapOf(completedIndexes, failedIndexes, completions)
  if (overlap !== undefined)
    change.invalid(
      'failedIndexes',
      `failedIndexes and completedIndexes overlap at index: ${overlap}`,
    )
}

const validateCounts = (change: Transition): void => {
  const { status, now } = change
  const isEnding = change.differs('isFinished') || change.changes('terminating')
  if (isEnding && now.isFinished && (status.terminating ?? 0) > 0)
    change.invalid('terminating', 'terminating>0 is invalid for finished job')
  if (change.changes('ready') || change.changes('active'))
    if (status.ready !== undefined && status.ready > (status.active ?? 0))
      change.invalid('ready', 'cannot set more ready pods than active')
}

const validateSuccess = (change: Transition): void => {
  const { job, now } = change
  if (now.isToSucceed && now.isFailed)
    change.condition('cannot set SuccessCriteriaMet=True and Failed=true conditions')
  if (now.isToSucceed && now.isToFail)
    change.condition('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions')
  if (job.spec.successPolicy !== undefined && !now.isToSucceed && now.isComplete)
    change.condition(
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    )
}

/** What was so once stays so. */
const validateSteps = (change: Transition): void => {
  const { job, status, oldStatus, now, before } = change
  const { spec } = job
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (has(oldStatus, type) && !has(status, type))
      change.condition(`cannot disable the terminal ${type}=True condition`)
  if ((status.failed ?? 0) < (oldStatus.failed ?? 0))
    change.invalid('failed', 'cannot decrease the failed counter', status.failed ?? 0)
  const mayShrink = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  if (!mayShrink && (status.succeeded ?? 0) < (oldStatus.succeeded ?? 0))
    change.invalid('succeeded', 'cannot decrease the succeeded counter', status.succeeded ?? 0)
  if (status.completionTime !== undefined && oldStatus.completionTime !== undefined)
    if (change.changes('completionTime')) change.invalid('completionTime', FIELD_IMMUTABLE)
  const isResuming = has(oldStatus, 'Suspended') && has(status, 'Suspended', 'False')
  if (oldStatus.startTime !== undefined && change.changes('startTime') && spec.suspend !== true)
    if (!isResuming) change.invalid('startTime', 'field is immutable for unsuspended job once set')
  if (before.isToSucceed && !now.isToSucceed)
    change.condition('cannot disable the SuccessCriteriaMet=True condition')
  if (before.isComplete && !before.isToSucceed && now.isToSucceed)
    change.condition(
      'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
    )
}
