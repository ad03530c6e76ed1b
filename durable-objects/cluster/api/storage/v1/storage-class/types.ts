// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface TopologySelectorLabelRequirement {
  readonly key: string
  readonly values: readonly string[]
}

export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: readonly TopologySelectorLabelRequirement[]
}

export interface StorageClass {
  readonly allowVolumeExpansion?: boolean
  readonly allowedTopologies?: readonly TopologySelectorTerm[]
  readonly apiVersion: 'storage.k8s.io/v1'
  readonly kind: 'StorageClass'
  readonly metadata: ObjectMeta
  readonly mountOptions?: readonly string[]
  readonly parameters?: Readonly<Record<string, string>>
  readonly provisioner: string
  readonly reclaimPolicy?: 'Delete' | 'Recycle' | 'Retain'
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer'
}
