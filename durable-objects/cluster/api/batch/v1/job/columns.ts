import type { Job } from '#api/batch/v1/job/types.ts'
import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age, humanDuration } from '#apimachinery/age.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'
import { parseTime } from '#apimachinery/time.ts'

const completions = ({ spec, status }: Job): string => {
  const done = status?.succeeded ?? 0
  if (spec.completions !== undefined) return `${done}/${spec.completions}`
  const { parallelism = 0 } = spec
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`
}

const statusText = ({ metadata, status }: Job): string => {
  const has = (type: string): boolean =>
    status?.conditions?.find((condition) => condition.type === type)?.status === 'True'
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (has('Suspended')) return 'Suspended'
  return has('FailureTarget') ? 'FailureTarget' : 'Running'
}

const duration = ({ status }: Job, now: number): string => {
  const { startTime, completionTime } = status ?? {}
  if (startTime === undefined) return ''
  const end = completionTime === undefined ? now : parseTime(completionTime)
  return humanDuration(end - parseTime(startTime))
}

/** kubernetes: pkg/printers/internalversion/printers.go printJob */
export const jobRow: RowPrinter<Job> = (job, { now }) => [
  job.metadata.name!,
  statusText(job),
  completions(job),
  duration(job, now),
  age(now, job.metadata.creationTimestamp),
  ...containerCells(job.spec.template.spec.containers),
  formatLabelSelector(job.spec.selector),
]
