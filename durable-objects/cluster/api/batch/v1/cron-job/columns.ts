import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printCronJob, printBoolPtr */
export const cronJobRow: RowPrinter<CronJob> = ({ metadata, spec, status }, { now }) => {
  const last = status?.lastScheduleTime
  const { template, selector } = spec.jobTemplate.spec
  return [
    metadata.name!,
    spec.schedule,
    spec.timeZone ?? '<none>',
    spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
    status?.active?.length ?? 0,
    last === undefined ? '<none>' : age(now, last),
    age(now, metadata.creationTimestamp),
    ...containerCells(template.spec.containers),
    formatLabelSelector(selector),
  ]
}
