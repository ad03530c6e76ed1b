// kubernetes: pkg/apis/events/v1/conversion.go
import type { Event } from '#api/core/v1/event/types.ts'
import type { EventsV1Event } from '#api/events/v1/event/types.ts'

type Renames = Readonly<Record<string, string>>

const TO_CORE: Renames = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
}

const FROM_CORE: Renames = Object.fromEntries(
  Object.entries(TO_CORE).map(([theirs, ours]) => [ours, theirs]),
)

const renamed = (event: object, names: Renames): Record<string, unknown> =>
  Object.fromEntries(Object.entries(event).map(([key, value]) => [names[key] ?? key, value]))

/** How an event of events.k8s.io/v1 is stored. */
export const coreEvent = (event: EventsV1Event): Event => {
  const fields = renamed(event, TO_CORE)
  const all = { involvedObject: {}, source: {}, ...fields, apiVersion: 'v1' }
  // The keys are those of the other version now.
  return all as unknown as Event
}

/** How events.k8s.io/v1 shows a stored event. */
export const eventsV1Event = (event: Event): EventsV1Event => {
  const fields = renamed(event, FROM_CORE)
  return { ...fields, apiVersion: 'events.k8s.io/v1' } as unknown as EventsV1Event
}
