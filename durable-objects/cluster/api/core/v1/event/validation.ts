// kubernetes: pkg/apis/core/validation/events.go
import type { Event } from '#api/core/v1/event/types.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'

const MISMATCH = 'does not match event.namespace'

/** An event stands in the namespace of what it is about; about what has none, in `default`. */
export const validateEvent = (event: Event): readonly FieldError[] => {
  const namespace = event.metadata.namespace ?? ''
  const involved = event.involvedObject?.namespace ?? ''
  const fits =
    involved === '' ? namespace === '' || namespace === 'default' : namespace === involved
  return fits ? [] : [invalidValue('involvedObject.namespace', involved, MISMATCH)]
}
