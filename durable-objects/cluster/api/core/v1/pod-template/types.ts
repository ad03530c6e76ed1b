// Made from the API's facts by scripts/generate-types.mjs.
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface PodTemplate {
  readonly apiVersion: 'v1'
  readonly kind: 'PodTemplate'
  readonly metadata: ObjectMeta
  readonly template: PodTemplateSpec
}
