// kubernetes: pkg/apis/events/v1/conversion.go
import { NEVER_SEEN } from '#api/core/v1/event/never-seen.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import type { EventsV1Event } from '#api/events/v1/event/types.ts'
import { fill } from '#apimachinery/object.ts'

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

// written in the older API even when they say nothing
const OMITTED: ReadonlySet<string> = new Set(['reportingComponent', 'reportingInstance'])

const renamed = (event: object, names: Renames): Record<string, unknown> =>
  Object.fromEntries(Object.entries(event).map(([key, value]) => [names[key] ?? key, value]))

/** How an event of events.k8s.io/v1 is stored. */
export const coreEvent = (event: EventsV1Event): Event => {
  const fields = renamed(event, TO_CORE)
  // The keys are those of the other version now.
  const core = { ...fields, apiVersion: 'v1' } as unknown as Event
  return fill<Event>(core, {
    involvedObject: {},
    source: {},
    reportingComponent: '',
    reportingInstance: '',
    ...NEVER_SEEN,
  })
}

/** How events.k8s.io/v1 shows a stored event. */
export const eventsV1Event = (event: Event): EventsV1Event => {
  const said = Object.entries(event).filter(([key, value]) => value !== '' || !OMITTED.has(key))
  const fields = renamed(Object.fromEntries(said), FROM_CORE)
  return { ...fields, apiVersion: 'events.k8s.io/v1' } as unknown as EventsV1Event
}
