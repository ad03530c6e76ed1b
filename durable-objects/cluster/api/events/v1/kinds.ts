import { eventRow } from '#api/core/v1/event/columns.ts'
import { eventStrategy } from '#api/core/v1/event/strategy.ts'
import { coreEvent } from '#api/events/v1/convert.ts'
import type { EventsV1Event } from '#api/events/v1/event/types.ts'
import { validateEventsV1Event } from '#api/events/v1/event/validation.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const eventsKinds: Readonly<Record<string, KindBehaviour>> = {
  'events.events.k8s.io': kind<EventsV1Event>({
    strategy: {
      validateName: () => [],
      validate: validateEventsV1Event,
      allowCreateOnUpdate: true,
      selectableFields: (event) => eventStrategy.selectableFields!(coreEvent(event)),
    },
    row: (event, context) => eventRow(coreEvent(event), context),
  }),
}
