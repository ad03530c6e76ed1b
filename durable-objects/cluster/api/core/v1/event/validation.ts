// kubernetes: pkg/apis/core/validation/events.go
import type { Event } from '#api/core/v1/event/types.ts'
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { invalidEach } from '#apimachinery/validation/metadata.ts'
import { byteLength, isQualifiedName } from '#apimachinery/validation/names.ts'

const MISMATCH = 'does not match event.namespace'

const bounded = (field: string, value: string, max: number): readonly FieldError[] => {
  if (value === '') return [requiredValue(field)]
  return withinBytes(field, value, max)
}

const withinBytes = (field: string, value: string, max: number): readonly FieldError[] =>
  byteLength(value) > max ? [invalidValue(field, '', `can have at most ${max} characters`)] : []

const ofNamespace = (event: Event, fits: boolean): readonly FieldError[] =>
  fits
    ? []
    : [invalidValue('involvedObject.namespace', event.involvedObject?.namespace ?? '', MISMATCH)]

/** An event with an eventTime is one of the newer API, which asks for more. */
const validateNewEvent = (event: Event): readonly FieldError[] => {
  const { namespace = '' } = event.metadata
  const isOfNone = (event.involvedObject?.namespace ?? '') === ''
  const controller = event.reportingComponent ?? ''
  return [
    ...ofNamespace(event, !isOfNone || namespace === 'default' || namespace === 'kube-system'),
    ...(controller === '' ? [requiredValue('reportingController')] : []),
    ...invalidEach('reportingController', controller, isQualifiedName(controller)),
    ...bounded('reportingInstance', event.reportingInstance ?? '', 128),
    ...bounded('action', event.action ?? '', 128),
    ...bounded('reason', event.reason ?? '', 128),
    ...withinBytes('message', event.message ?? '', 1024),
  ]
}

/** An event stands in the namespace of what it is about; about what has none, in `default`. */
export const validateEvent = (event: Event): readonly FieldError[] => {
  if ((event.eventTime ?? '') !== '') return validateNewEvent(event)
  const { namespace = '' } = event.metadata
  const involved = event.involvedObject?.namespace ?? ''
  return ofNamespace(
    event,
    involved === '' ? namespace === '' || namespace === 'default' : namespace === involved,
  )
}
