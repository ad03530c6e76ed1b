// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface PriorityClass {
  readonly apiVersion: 'scheduling.k8s.io/v1'
  readonly description?: string
  readonly globalDefault?: boolean
  readonly kind: 'PriorityClass'
  readonly metadata: ObjectMeta
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority'
  readonly value?: number
}
