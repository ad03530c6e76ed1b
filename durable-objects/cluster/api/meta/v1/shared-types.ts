// Made from the API's facts by scripts/generate-types.mjs.
import type { JsonObject } from '#apimachinery/object.ts'

export interface Condition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: string
  readonly type: string
}

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

export interface ManagedFieldsEntry {
  readonly apiVersion?: string
  readonly fieldsType?: string
  readonly fieldsV1?: JsonObject
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  readonly time?: string
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly blockOwnerDeletion?: boolean
  readonly controller?: boolean
  readonly kind: string
  readonly name: string
  readonly uid: string
}
