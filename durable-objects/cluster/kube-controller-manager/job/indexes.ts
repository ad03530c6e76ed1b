// kubernetes: pkg/controller/job/indexed_job_utils.go
import type { Job } from '#api/batch/v1/job/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own } from '#apimachinery/object.ts'

export const INDEX_KEY = 'batch.kubernetes.io/job-completion-index'

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed'

/** The completion index of a Pod; undefined if it has none or one beyond the Job's completions. */
export const indexOf = (job: Job, pod: Pod): number | undefined => {
  const text = own(pod.metadata.annotations, INDEX_KEY)
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const index = Number(text)
  return index < (job.spec.completions ?? 0) ? index : undefined
}

/** `0-2,4` as a set; parts that are malformed or beyond `limit` are left out. */
export const parseIndexes = (text: string | undefined, limit: number): ReadonlySet<number> => {
  const indexes = new Set<number>()
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (match === null) continue
    const first = Number(match[1])
    const last = Math.min(Number(match[2] ?? match[1]), limit - 1)
    for (let index = first; index <= last; index++) indexes.add(index)
  }
  return indexes
}

/** A set as `0-2,4`; two neighbours are written with a comma. */
export const formatIndexes = (indexes: ReadonlySet<number>): string => {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let start = 0; start < sorted.length;) {
    let end = start
    while (sorted[end + 1] === sorted[end]! + 1) end++ // end is within the list
    const [first, last] = [sorted[start]!, sorted[end]!]
    parts.push(end === start ? `${first}` : `${first}${end === start + 1 ? ',' : '-'}${last}`)
    start = end + 1
  }
  return parts.join(',')
}

/** The success rule that is met, as its message says. kubernetes: success_policy.go matchSuccessPolicy */
export const metSuccessRule = (job: Job, succeeded: ReadonlySet<number>): string | undefined => {
  const completions = job.spec.completions ?? 0
  const rules = job.spec.successPolicy?.rules ?? []
  const met = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && succeeded.size >= succeededCount
    const wanted = [...parseIndexes(succeededIndexes, completions)]
    const done = wanted.filter((index) => succeeded.has(index))
    return done.length >= (succeededCount ?? wanted.length)
  })
  return met < 0 ? undefined : `Matched rules at index ${met}`
}
