// kubernetes: pkg/registry/core/event/strategy.go. differs: events are kept until they are compacted away, not for an hour.
import { NEVER_SEEN } from '#api/core/v1/event/never-seen.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import { validateEvent } from '#api/core/v1/event/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { fill } from '#apimachinery/object.ts'

export const eventStrategy: Strategy<Event> = {
  validateName: () => [],
  prepareForCreate: (event) => fill(event, NEVER_SEEN),
  prepareForUpdate: (event) => fill(event, NEVER_SEEN),
  validate: validateEvent,
  validateUpdate: validateEvent,
  allowCreateOnUpdate: true,
  selectableFields: (event) => {
    const about = event.involvedObject ?? {}
    return {
      'involvedObject.kind': about.kind ?? '',
      'involvedObject.namespace': about.namespace ?? '',
      'involvedObject.name': about.name ?? '',
      'involvedObject.uid': about.uid ?? '',
      'involvedObject.apiVersion': about.apiVersion ?? '',
      'involvedObject.resourceVersion': about.resourceVersion ?? '',
      'involvedObject.fieldPath': about.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: event.source?.component || event.reportingComponent || '',
      type: event.type ?? '',
    }
  },
}
