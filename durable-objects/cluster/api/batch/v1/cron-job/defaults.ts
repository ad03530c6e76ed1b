import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import { defaultJobTemplate } from '#api/batch/v1/job/defaults.ts'
import { assign, fill } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/batch/v1/defaults.go SetDefaults_CronJob */
export const defaultCronJob = (cronJob: CronJob): CronJob => {
  const { spec } = cronJob
  const jobTemplate = fill(spec.jobTemplate ?? {}, { metadata: {} })
  return assign(cronJob, {
    spec: fill(
      assign(spec, {
        jobTemplate: assign(jobTemplate, { spec: defaultJobTemplate(jobTemplate.spec ?? {}) }),
        concurrencyPolicy: spec.concurrencyPolicy || 'Allow',
      }),
      { suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    ),
  })
}
