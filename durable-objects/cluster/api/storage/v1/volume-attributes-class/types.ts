// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface VolumeAttributesClass {
  readonly apiVersion: 'storage.k8s.io/v1'
  readonly driverName: string
  readonly kind: 'VolumeAttributesClass'
  readonly metadata: ObjectMeta
  readonly parameters?: Readonly<Record<string, string>>
}
