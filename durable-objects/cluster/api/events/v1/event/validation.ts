// kubernetes: pkg/apis/core/validation/events.go ValidateEventCreate, ValidateEventUpdate
import type { Event } from '#api/core/v1/event/types.ts'
import { validateEvent } from '#api/core/v1/event/validation.ts'
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

const UNSET = 'needs to be unset'

const validateSeries = ({ series }: Event): readonly FieldError[] => {
  if (series === undefined) return []
  return [
    ...((series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []),
    ...((series.lastObservedTime ?? '') === '' ? [requiredValue('series.lastObservedTime')] : []),
  ]
}

/** What the newer API asks of a new event, beyond what the older one does. The event is a stored one. */
export const validateNewerEvent = (event: Event): readonly FieldError[] => {
  const { type = '', eventTime, firstTimestamp, lastTimestamp, count = 0, source = {} } = event
  const unset = (field: string, isUnset: boolean) =>
    isUnset ? [] : [invalidValue(field, '', UNSET)]
  return [
    ...validateEvent(event),
    ...validateSeries(event),
    ...((eventTime ?? '') === '' ? [requiredValue('eventTime')] : []),
    ...(type === 'Normal' || type === 'Warning'
      ? []
      : [invalidValue('type', '', `has invalid value: ${type}`)]),
    ...unset('firstTimestamp', (firstTimestamp ?? '') === ''),
    ...unset('lastTimestamp', (lastTimestamp ?? '') === ''),
    ...unset('count', count === 0),
    ...unset('source', (source.component ?? '') === '' && (source.host ?? '') === ''),
  ]
}

const IMMUTABLE = {
  involvedObject: 'involvedObject',
  reason: 'reason',
  message: 'message',
  source: 'source',
  firstTimestamp: 'firstTimestamp',
  lastTimestamp: 'lastTimestamp',
  count: 'count',
  type: 'type',
  eventTime: 'eventTime',
  action: 'action',
  related: 'related',
  reportingComponent: 'reportingController',
  reportingInstance: 'reportingInstance',
} as const satisfies { readonly [K in keyof Event]?: string }

/** All that may change through the newer API is the series. */
export const validateNewerEventUpdate = (event: Event, old: Event): readonly FieldError[] => {
  const fields = Object.entries(IMMUTABLE) as [keyof typeof IMMUTABLE, string][]
  return [
    ...validateEvent(event),
    ...(equal(event.series, old.series) ? [] : validateSeries(event)),
    ...fields.flatMap(([key, field]) => validateImmutable(event[key], old[key], field)),
  ]
}
