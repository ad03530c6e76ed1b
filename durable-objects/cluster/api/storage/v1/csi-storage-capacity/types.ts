// Made from the API's facts by scripts/generate-types.mjs.
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface CSIStorageCapacity {
  readonly apiVersion: 'storage.k8s.io/v1'
  readonly capacity?: string
  readonly kind: 'CSIStorageCapacity'
  readonly maximumVolumeSize?: string
  readonly metadata: ObjectMeta
  readonly nodeTopology?: LabelSelector
  readonly storageClassName: string
}
