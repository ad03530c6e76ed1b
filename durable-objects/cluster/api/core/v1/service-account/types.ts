// Made from the API's facts by scripts/generate-types.mjs.
import type { LocalObjectReference, ObjectReference } from '#api/core/v1/reference-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ServiceAccount {
  readonly apiVersion: 'v1'
  readonly automountServiceAccountToken?: boolean
  readonly imagePullSecrets?: readonly LocalObjectReference[]
  readonly kind: 'ServiceAccount'
  readonly metadata: ObjectMeta
  readonly secrets?: readonly ObjectReference[]
}
