import { cronJobRow } from '#api/batch/v1/cron-job/columns.ts'
import { cronJobStrategy } from '#api/batch/v1/cron-job/strategy.ts'
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import { jobRow } from '#api/batch/v1/job/columns.ts'
import { jobStrategy } from '#api/batch/v1/job/strategy.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const batchKinds: Readonly<Record<string, KindBehaviour>> = {
  'cronjobs.batch': kind<CronJob>({ strategy: cronJobStrategy, row: cronJobRow }),
  'jobs.batch': kind<Job>({ strategy: jobStrategy, row: jobRow }),
}
