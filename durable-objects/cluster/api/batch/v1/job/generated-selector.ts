// kubernetes: pkg/registry/batch/job/strategy.go generateSelector
import type { Job } from '#api/batch/v1/job/types.ts'
import { assign, fill } from '#apimachinery/object.ts'
import { sortedMap } from '#apimachinery/sorted-map.ts'

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'
export const JOB_NAME = 'batch.kubernetes.io/job-name'
/** Labels from before labels of Kubernetes had a prefix. */
export const LEGACY_CONTROLLER_UID = 'controller-uid'
export const LEGACY_JOB_NAME = 'job-name'

/** Labels that only this Job's Pods have, and the selector for them. What the user gave stays. */
export const generateSelector = (job: Job): Job => {
  if (job.spec.manualSelector === true) return job
  const { uid = '', name = '' } = job.metadata
  const { template, selector } = job.spec
  // Labels that defaulting took from the template are the template's own map upstream: what is added there is added here.
  const isShared =
    job.metadata.labels !== undefined && job.metadata.labels === template.metadata.labels
  const labels = sortedMap(
    fill(template.metadata.labels ?? {}, {
      [CONTROLLER_UID]: uid,
      [JOB_NAME]: name,
      [LEGACY_CONTROLLER_UID]: uid,
      [LEGACY_JOB_NAME]: name,
    }),
  )
  return assign(job, {
    metadata: isShared ? assign(job.metadata, { labels }) : job.metadata,
    spec: assign(job.spec, {
      selector: assign(selector ?? {}, {
        matchLabels: sortedMap(fill(selector?.matchLabels ?? {}, { [CONTROLLER_UID]: uid })),
      }),
      template: assign(template, { metadata: assign(template.metadata, { labels }) }),
    }),
  })
}
