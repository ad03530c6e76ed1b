// kubernetes: pkg/printers/internalversion/printers.go printEvent
import type { Event } from '#api/core/v1/event/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const sourceOf = ({ source, reportingComponent, reportingInstance }: Event): string => {
  const component = source?.component || reportingComponent || ''
  const instance = source?.host || reportingInstance || ''
  return instance === '' ? component : `${component}, ${instance}`
}

const targetOf = ({ involvedObject }: Event): string => {
  const kind = (involvedObject?.kind ?? '').toLowerCase()
  const name = involvedObject?.name ?? ''
  return name === '' ? kind : `${kind}/${name}`
}

export const eventRow: RowPrinter<Event> = (event, { now }) => {
  const first = age(now, event.firstTimestamp ?? event.eventTime)
  const last =
    event.series !== undefined
      ? age(now, event.series.lastObservedTime)
      : (event.lastTimestamp ?? '') === ''
        ? first
        : age(now, event.lastTimestamp)
  // Events that happened once are not counted in the newer API.
  const count = event.series === undefined ? event.count || 1 : (event.series.count ?? 0)
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    targetOf(event),
    event.involvedObject?.fieldPath ?? '',
    sourceOf(event),
    (event.message ?? '').trim(),
    first,
    count,
    event.metadata.name ?? '',
  ]
}
