import type { CronJob, JobTemplateSpec } from '#api/batch/v1/cron-job/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import { humanDuration } from '#apimachinery/age.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import {
  describeController,
  describeHead,
  describeLabelsAndAnnotations,
  yesNo,
} from '#kubectl/describe/metadata.ts'
import { describePodTemplate } from '#kubectl/describe/pod-template.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const INDEXES_SHOWN = 50

/** kubernetes: kubectl pkg/describe JobDescriber */
export const describeJob = (context: DescribeContext, object: KubeObject): string => {
  const job = object as Job
  return tabbed((w) => {
    w.field(0, 'Name', job.metadata.name)
    w.field(0, 'Namespace', job.metadata.namespace)
    w.field(0, 'Selector', labelSelectorText(job.spec.selector))
    describeLabelsAndAnnotations(w, job.metadata)
    describeController(w, job)
    describeJobSpec(w, job)
    describeJobStatus(w, job)
    describePodTemplate(w, job.spec.template)
    describeEventsOf(context, w, job)
  })
}

const describeJobSpec = (w: PrefixWriter, { spec }: Job): void => {
  const ifSet = (label: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) w.field(0, label, value)
  }
  ifSet('Parallelism', spec.parallelism)
  w.field(0, 'Completions', spec.completions ?? '<unset>')
  ifSet('Completion Mode', spec.completionMode)
  ifSet('Suspend', spec.suspend)
  ifSet('Backoff Limit', spec.backoffLimit)
  ifSet('TTL Seconds After Finished', spec.ttlSecondsAfterFinished)
}

const describeJobStatus = (w: PrefixWriter, { spec, status }: Job): void => {
  const { startTime, completionTime, ready } = status
  if (startTime) w.field(0, 'Start Time', rfc1123(startTime))
  if (completionTime) w.field(0, 'Completed At', rfc1123(completionTime))
  if (startTime && completionTime)
    w.field(0, 'Duration', humanDuration(parseTime(completionTime) - parseTime(startTime)))
  if (spec.activeDeadlineSeconds !== undefined)
    w.field(0, 'Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`)
  const counts = [
    `${status.active ?? 0} Active${ready === undefined ? '' : ` (${ready} Ready)`}`,
    `${status.succeeded ?? 0} Succeeded`,
    `${status.failed ?? 0} Failed`,
  ]
  w.field(0, 'Pods Statuses', counts.join(' / '))
  if (spec.completionMode === 'Indexed')
    w.field(0, 'Completed Indexes', indexesText(status.completedIndexes))
}

/** kubernetes: kubectl pkg/describe capIndexesListOrNone */
const indexesText = (indexes = ''): string => {
  if (indexes === '') return '<none>'
  const comma = indexes.indexOf(',', INDEXES_SHOWN)
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`
}

/** kubernetes: kubectl pkg/describe CronJobDescriber */
export const describeCronJob = (context: DescribeContext, object: KubeObject): string => {
  const cronJob = object as CronJob
  const { spec, status } = cronJob
  return tabbed((w) => {
    describeHead(w, cronJob)
    w.field(0, 'Schedule', spec.schedule)
    w.field(0, 'Concurrency Policy', spec.concurrencyPolicy)
    w.field(0, 'Suspend', yesNo(spec.suspend))
    w.field(0, 'Time Zone', spec.timeZone ?? '<unset>')
    w.field(0, 'Successful Job History Limit', spec.successfulJobsHistoryLimit ?? '<unset>')
    w.field(0, 'Failed Job History Limit', spec.failedJobsHistoryLimit ?? '<unset>')
    const deadline = spec.startingDeadlineSeconds
    w.field(0, 'Starting Deadline Seconds', deadline === undefined ? '<unset>' : `${deadline}s`)
    describeJobTemplate(w, spec.jobTemplate)
    const last = status.lastScheduleTime
    w.field(0, 'Last Schedule Time', last ? rfc1123(last) : '<unset>')
    const active = (status.active ?? []).map(({ name = '' }) => name)
    w.field(0, 'Active Jobs', active.join(', ') || '<none>')
    describeEventsOf(context, w, cronJob)
  })
}

/** kubernetes: kubectl pkg/describe describeJobTemplate */
const describeJobTemplate = (w: PrefixWriter, { spec }: JobTemplateSpec): void => {
  const { selector, parallelism, completions, activeDeadlineSeconds } = spec
  w.field(0, 'Selector', selector === undefined ? '<unset>' : labelSelectorText(selector))
  w.field(0, 'Parallelism', parallelism ?? '<unset>')
  w.field(0, 'Completions', completions ?? '<unset>')
  if (activeDeadlineSeconds !== undefined)
    w.field(0, 'Active Deadline Seconds', `${activeDeadlineSeconds}s`)
  describePodTemplate(w, spec.template)
}
