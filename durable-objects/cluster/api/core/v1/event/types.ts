// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectReference } from '#api/core/v1/reference-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Event {
  readonly action?: string
  readonly apiVersion: 'v1'
  readonly count?: number
  readonly eventTime?: string
  readonly firstTimestamp?: string
  readonly involvedObject: ObjectReference
  readonly kind: 'Event'
  readonly lastTimestamp?: string
  readonly message?: string
  readonly metadata: ObjectMeta
  readonly reason?: string
  readonly related?: ObjectReference
  readonly reportingComponent?: string
  readonly reportingInstance?: string
  readonly series?: EventSeries
  readonly source: EventSource
  readonly type?: string
}

export interface EventSeries {
  readonly count?: number
  readonly lastObservedTime?: string
}

export interface EventSource {
  readonly component?: string
  readonly host?: string
}
