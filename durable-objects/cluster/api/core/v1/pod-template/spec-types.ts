// Made from the API's facts by scripts/generate-types.mjs.
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface PodTemplateSpec {
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
}
