import { eventRow } from '#api/core/v1/event/columns.ts'
import { eventStrategy } from '#api/core/v1/event/strategy.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import { coreEvent, eventsV1Event } from '#api/events/v1/convert.ts'
import { validateNewerEvent, validateNewerEventUpdate } from '#api/events/v1/event/validation.ts'
import { conversion, kind, type KindBehaviour } from '#api/strategy.ts'
import { nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'

/** Field selectors name what an event is about in the version's own words. */
const selectableFields = (event: Event): Readonly<Record<string, string>> => {
  const { source: _source, ...core } = eventStrategy.selectableFields!(event)
  const fields = Object.entries(core)
  return Object.fromEntries(
    fields.map(([field, value]) => [
      field
        .replace('involvedObject.', 'regarding.')
        .replace('reportingComponent', 'reportingController'),
      value,
    ]),
  )
}

export const eventsKinds: Readonly<Record<string, KindBehaviour>> = {
  'events.events.k8s.io': kind<Event>({
    strategy: {
      ...eventStrategy,
      validateName: nameIsDnsSubdomain,
      validate: validateNewerEvent,
      validateUpdate: validateNewerEventUpdate,
      selectableFields,
    },
    row: eventRow,
    conversion: conversion('events', coreEvent, eventsV1Event),
  }),
}
