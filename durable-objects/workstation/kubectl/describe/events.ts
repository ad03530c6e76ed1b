import type { Event } from '#api/core/v1/event/types.ts'
import { age } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** The fields that name what an Event is about. An empty text is not asked for. */
interface Reference {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

export const referenceTo = (object: KubeObject): Reference => ({
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name ?? '',
  uid: object.metadata.uid ?? '',
})

/** fields.EscapeValue */
const escapeField = (value: string): string => value.replace(/[\\,=]/g, (c) => `\\${c}`)

/** kubernetes: kubectl pkg/describe searchEvents. What may not be listed counts as none. */
export const searchEvents = (context: DescribeContext, ref: Reference): readonly Event[] => {
  const terms = [
    ...(ref.kind === '' ? [] : [`involvedObject.kind=${escapeField(ref.kind)}`]),
    `involvedObject.name=${escapeField(ref.name)}`,
    `involvedObject.namespace=${escapeField(ref.namespace)}`,
    ...(ref.uid === '' ? [] : [`involvedObject.uid=${escapeField(ref.uid)}`]),
  ]
  const found = attempt(() => context.list('events', ref.namespace, { fields: terms.join(',') }))
  return 'value' in found ? (found.value as readonly Event[]) : []
}

/** The Events about an object, if they are wanted. */
export const describeEventsOf = (
  context: DescribeContext,
  w: PrefixWriter,
  object: KubeObject,
): void => {
  if (context.showEvents) describeEvents(context, w, searchEvents(context, referenceTo(object)))
}

const lastSeen = (event: Event): number =>
  event.lastTimestamp ? parseTime(event.lastTimestamp) : -Infinity

/** kubernetes: kubectl pkg/describe DescribeEvents */
export const describeEvents = (
  context: DescribeContext,
  w: PrefixWriter,
  events: readonly Event[],
): void => {
  if (events.length === 0) return w.field(0, 'Events', '<none>')
  w.flush()
  w.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n')
  w.write(1, '----\t------\t----\t----\t-------\n')
  const now = context.now()
  for (const event of goSort(events, (a, b) => lastSeen(a) < lastSeen(b))) {
    const from = event.source?.component || event.reportingComponent || ''
    const cells = [event.type, event.reason, interval(event, now), from, messageOf(event)]
    w.write(1, `${cells.map((cell) => cell ?? '').join('\t')}\n`)
  }
}

const interval = (event: Event, now: number): string => {
  const first = age(now, event.eventTime || event.firstTimestamp)
  if (event.series)
    return `${age(now, event.series.lastObservedTime)} (x${event.series.count ?? 0} over ${first})`
  const { count = 0 } = event
  return count > 1 ? `${age(now, event.lastTimestamp)} (x${count} over ${first})` : first
}

const messageOf = (event: Event): string => {
  const message = (event.message ?? '').trim()
  const path = event.involvedObject.fieldPath
  return path ? `${path}: ${message}` : message
}
