// kubernetes: pkg/registry/batch/job/strategy.go
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { jobSpecWarnings } from '#api/batch/v1/job-warnings.ts'
import { defaultJob, labelled } from '#api/batch/v1/job/defaults.ts'
import { generateSelector } from '#api/batch/v1/job/generated-selector.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import { validateJobStatusUpdate } from '#api/batch/v1/job/status-validation.ts'
import { validateJob, validateJobUpdate } from '#api/batch/v1/job/validation.ts'
import { nameWarnings } from '#api/core/v1/pod/warnings.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

export const jobStrategy: Strategy<Job> = {
  defaults: defaultJob,
  // Reading a Job back defaults it again: it then has the labels that were generated.
  prepareForCreate: (job) => assign(labelled(generateSelector(job)), { status: {} }),
  validate: validateJob,
  warningsOnCreate: (job) => [
    ...nameWarnings(job.metadata.name, 'Pod names and hostnames'),
    ...jobSpecWarnings(job.spec, 'spec'),
  ],
  prepareForUpdate: keepStatus,
  validateUpdate: validateJobUpdate,
  warningsOnUpdate: (job, old) => (job.spec === old.spec ? [] : jobSpecWarnings(job.spec, 'spec')),
  status: { prepareForUpdate: keepSpec, validateUpdate: validateJobStatusUpdate },
  // As it was before there was a garbage collector; kubectl asks for Background.
  defaultPropagation: 'Orphan',
  selectableFields: ({ status }) => ({ 'status.successful': `${status?.succeeded ?? 0}` }),
}
