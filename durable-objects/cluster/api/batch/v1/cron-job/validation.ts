// kubernetes: pkg/apis/batch/validation/validation.go validateCronJobSpec
import { notNegative } from '#api/apps/v1/workload-validation.ts'
import type { CronJob, CronJobSpec } from '#api/batch/v1/cron-job/types.ts'
import { validateJobSpec } from '#api/batch/v1/job-spec-validation.ts'
import { CronError, parseCron } from '#apimachinery/cron.ts'
import {
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'

const CONCURRENCY = ['Allow', 'Forbid', 'Replace']
/** A Job's name is the CronJob's with eleven characters more. */
const MAX_NAME = 52

export const validateCronJob = (cronJob: CronJob): readonly FieldError[] => {
  const { name = '' } = cronJob.metadata
  return [
    ...validateSpec(cronJob.spec, undefined),
    ...(name.length > MAX_NAME
      ? [invalidValue('metadata.name', name, `must be no more than ${MAX_NAME} characters`)]
      : []),
  ]
}

export const validateCronJobUpdate = (cronJob: CronJob, old: CronJob): readonly FieldError[] =>
  validateSpec(cronJob.spec, old.spec)

const validateSpec = (spec: CronJobSpec, old: CronJobSpec | undefined): readonly FieldError[] => [
  ...validateSchedule(spec, old),
  ...notNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
  ...(old === undefined || old.timeZone !== spec.timeZone ? validateTimeZone(spec.timeZone) : []),
  ...validateConcurrency(spec.concurrencyPolicy),
  ...validateJobTemplate(spec),
  ...notNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
  ...notNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
]

const scheduleProblem = (schedule: string): string | undefined => {
  try {
    parseCron(schedule)
    return undefined
  } catch (error) {
    if (error instanceof CronError) return error.message
    throw error
  }
}

const validateSchedule = (
  { schedule = '', timeZone }: CronJobSpec,
  old: CronJobSpec | undefined,
): readonly FieldError[] => {
  const path = 'spec.schedule'
  if (schedule === '') return [requiredValue(path)]
  const problem = scheduleProblem(schedule)
  const errors = problem === undefined ? [] : [invalidValue(path, schedule, problem)]
  if (!schedule.includes('TZ')) return errors
  const mayHaveZone = old?.schedule.includes('TZ') ?? false
  if (!mayHaveZone)
    errors.push(
      invalidValue(
        path,
        schedule,
        'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ),
    )
  else if (timeZone !== undefined)
    errors.push(
      invalidValue(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'),
    )
  return errors
}

/** The first parts of the names in the IANA database; the engine has no table of all zones. */
const AREAS: ReadonlySet<string> = new Set(
  'Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico Pacific US'.split(
    ' ',
  ),
)
const PLAIN_ZONES: ReadonlySet<string> = new Set(
  'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT UTC Universal W-SU WET Zulu'.split(
    ' ',
  ),
)

const validateTimeZone = (zone: string | undefined): readonly FieldError[] => {
  const path = 'spec.timeZone'
  if (zone === undefined) return []
  if (zone === '') return [invalidValue(path, zone, 'timeZone must be nil or non-empty string')]
  const parts = zone.split('/')
  const isFormed = parts.every(
    (part) => /^[A-Za-z.\-_0-9+]{1,14}$/.test(part) && !/^(\.|\.\.|-.*)$/.test(part),
  )
  if (isFormed && zone.toLowerCase() === 'local')
    return [
      invalidValue(
        path,
        zone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
      ...(zone === 'Local' ? [] : [invalidValue(path, zone, `unknown time zone ${zone}`)]),
    ]
  const isKnown = parts.length > 1 ? AREAS.has(parts[0]!) : PLAIN_ZONES.has(zone)
  return isFormed && isKnown ? [] : [invalidValue(path, zone, `unknown time zone ${zone}`)]
}

const validateConcurrency = (policy: string | undefined): readonly FieldError[] => {
  const path = 'spec.concurrencyPolicy'
  if (!policy) return [requiredValue(path)]
  return CONCURRENCY.includes(policy) ? [] : [notSupported(path, policy, CONCURRENCY)]
}

const validateJobTemplate = ({ jobTemplate }: CronJobSpec): readonly FieldError[] => {
  const path = 'spec.jobTemplate.spec'
  const { selector, manualSelector } = jobTemplate.spec
  return [
    ...validateJobSpec(jobTemplate.spec, path),
    ...(selector === undefined
      ? []
      : [invalidValue(`${path}.selector`, selector, '`selector` will be auto-generated')]),
    ...(manualSelector === true
      ? [notSupported(`${path}.manualSelector`, true, ['nil', 'false'])]
      : []),
  ]
}
