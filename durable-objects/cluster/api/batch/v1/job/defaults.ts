import type { Job } from '#api/batch/v1/job/types.ts'
import type { JobSpec, PodFailurePolicy } from '#api/batch/v1/shared-types.ts'
import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'

const MAX_INT32 = 2_147_483_647
const RETRIES = 6

/** What a Job and the template of a CronJob have filled in alike. */
export const defaultJobTemplate = (spec: JobSpec): JobSpec =>
  assign(spec, { template: defaultPodTemplateSpec(spec.template) })

const defaultFailurePolicy = (policy: PodFailurePolicy): PodFailurePolicy =>
  assign(policy, {
    rules:
      policy.rules &&
      mapShared(policy.rules, (rule) =>
        assign(rule, {
          onPodConditions:
            rule.onPodConditions &&
            mapShared(rule.onPodConditions, (pattern) =>
              pattern.status ? pattern : assign(pattern, { status: 'True' }),
            ),
        }),
      ),
  })

/** kubernetes: pkg/apis/batch/v1/defaults.go SetDefaults_Job */
export const defaultJob = (job: Job): Job => {
  const given = job.spec
  const spec = fill(
    assign(defaultJobTemplate(given), {
      podFailurePolicy: given.podFailurePolicy && defaultFailurePolicy(given.podFailurePolicy),
    }),
    {
      // Without any number it is one Pod, once.
      completions: given.parallelism === undefined ? 1 : undefined,
      parallelism: 1,
      backoffLimit: given.backoffLimitPerIndex === undefined ? RETRIES : MAX_INT32,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: given.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      manualSelector: false,
    },
  )
  return labelled(assign(job, { spec }))
}

/** A Job without labels takes those of its Pods. */
export const labelled = (job: Job): Job => {
  const { labels } = job.spec.template.metadata
  return labels === undefined || Object.keys(job.metadata.labels ?? {}).length > 0
    ? job
    : assign(job, { metadata: assign(job.metadata, { labels }) })
}
