// kubernetes: pkg/registry/batch/cronjob/strategy.go
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { defaultCronJob } from '#api/batch/v1/cron-job/defaults.ts'
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import { validateCronJob, validateCronJobUpdate } from '#api/batch/v1/cron-job/validation.ts'
import { jobSpecWarnings } from '#api/batch/v1/job-warnings.ts'
import { nameWarnings } from '#api/core/v1/pod/warnings.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

const specWarnings = ({ spec }: CronJob): readonly string[] => [
  ...jobSpecWarnings(spec.jobTemplate.spec, 'spec.jobTemplate.spec'),
  ...(spec.schedule.includes('TZ')
    ? [
        'cannot use TZ or CRON_TZ in spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs for more details',
      ]
    : []),
]

export const cronJobStrategy: Strategy<CronJob> = {
  defaults: defaultCronJob,
  prepareForCreate: (cronJob) => assign(cronJob, { status: {} }),
  validate: validateCronJob,
  warningsOnCreate: (cronJob) => [
    ...nameWarnings(cronJob.metadata.name, 'Pod names and hostnames'),
    ...specWarnings(cronJob),
  ],
  prepareForUpdate: keepStatus,
  validateUpdate: validateCronJobUpdate,
  warningsOnUpdate: (cronJob, old) => (cronJob.spec === old.spec ? [] : specWarnings(cronJob)),
  status: { prepareForUpdate: keepSpec },
}
