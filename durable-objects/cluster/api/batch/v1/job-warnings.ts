// kubernetes: pkg/api/job/warnings.go
import type { JobSpec } from '#api/batch/v1/shared-types.ts'
import { podTemplateWarnings } from '#api/core/v1/pod/warnings.ts'

const MANY_COMPLETIONS = 100_000
const MUCH_PARALLELISM = 10_000

/** `path` is the spec's. */
export const jobSpecWarnings = (spec: JobSpec, path: string): readonly string[] => [
  ...(spec.completionMode === 'Indexed' &&
  (spec.completions ?? 0) > MANY_COMPLETIONS &&
  (spec.parallelism ?? 0) > MUCH_PARALLELISM
    ? [
        'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
      ]
    : []),
  ...podTemplateWarnings(spec.template, `${path}.template`),
]
