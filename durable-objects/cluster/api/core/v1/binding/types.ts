// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectReference } from '#api/core/v1/reference-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Binding {
  readonly apiVersion: 'v1'
  readonly kind: 'Binding'
  readonly metadata: ObjectMeta
  readonly target: ObjectReference
}
