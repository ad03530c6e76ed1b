// kubernetes: pkg/apis/core/validation/events.go ValidateEventCreate
import type { EventsV1Event } from '#api/events/v1/event/types.ts'
import { invalidValue, requiredValue, tooLong, type FieldError } from '#apimachinery/field-error.ts'
import { byteLength, isQualifiedName } from '#apimachinery/validation/names.ts'

const MISMATCH = 'does not match event.namespace'
const TYPES = ['Normal', 'Warning']

const bounded = (field: string, value: string | undefined, max: number): readonly FieldError[] => {
  if ((value ?? '') === '') return [requiredValue(field)]
  return byteLength(value!) > max ? [tooLong(field, max)] : []
}

/** The newer API asks for more than the older one. */
export const validateEventsV1Event = (event: EventsV1Event): readonly FieldError[] => {
  const namespace = event.metadata.namespace ?? ''
  const about = event.regarding?.namespace ?? ''
  const fits = about === '' ? namespace === '' || namespace === 'default' : namespace === about
  const controller = event.reportingController ?? ''
  return [
    ...(fits ? [] : [invalidValue('involvedObject.namespace', about, MISMATCH)]),
    ...((event.eventTime ?? '') === '' ? [requiredValue('eventTime')] : []),
    ...(controller === ''
      ? [requiredValue('reportingController')]
      : isQualifiedName(controller).map((message) =>
          invalidValue('reportingController', controller, message),
        )),
    ...bounded('reportingInstance', event.reportingInstance, 128),
    ...bounded('action', event.action, 128),
    ...bounded('reason', event.reason, 128),
    ...(byteLength(event.note ?? '') > 1024 ? [tooLong('message', 1024)] : []),
    ...(TYPES.includes(event.type ?? '')
      ? []
      : [invalidValue('type', event.type ?? '', 'has invalid value: ' + (event.type ?? ''))]),
  ]
}
