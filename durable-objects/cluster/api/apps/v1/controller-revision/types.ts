// Made from the API's facts by scripts/generate-types.mjs.
import type { JsonValue, ObjectMeta } from '#apimachinery/object.ts'

export interface ControllerRevision {
  readonly apiVersion: 'apps/v1'
  readonly data?: JsonValue
  readonly kind: 'ControllerRevision'
  readonly metadata: ObjectMeta
  readonly revision: number
}
