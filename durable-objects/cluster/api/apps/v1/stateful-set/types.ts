// Made from the API's facts by scripts/generate-types.mjs.
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface RollingUpdateStatefulSetStrategy {
  readonly maxUnavailable?: number | string
  readonly partition?: number
}

export interface StatefulSet {
  readonly apiVersion: 'apps/v1'
  readonly kind: 'StatefulSet'
  readonly metadata: ObjectMeta
  readonly spec: StatefulSetSpec
  readonly status: StatefulSetStatus
}

export interface StatefulSetCondition {
  readonly lastTransitionTime?: string
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface StatefulSetOrdinals {
  readonly start?: number
}

export interface StatefulSetPersistentVolumeClaimRetentionPolicy {
  readonly whenDeleted?: string
  readonly whenScaled?: string
}

export interface StatefulSetSpec {
  readonly minReadySeconds?: number
  readonly ordinals?: StatefulSetOrdinals
  readonly persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel'
  readonly replicas?: number
  readonly revisionHistoryLimit?: number
  readonly selector: LabelSelector
  readonly serviceName?: string
  readonly template: PodTemplateSpec
  readonly updateStrategy: StatefulSetUpdateStrategy
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[]
}

export interface StatefulSetStatus {
  readonly availableReplicas?: number
  readonly collisionCount?: number
  readonly conditions?: readonly StatefulSetCondition[]
  readonly currentReplicas?: number
  readonly currentRevision?: string
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
  readonly updateRevision?: string
  readonly updatedReplicas?: number
}

export interface StatefulSetUpdateStrategy {
  readonly rollingUpdate?: RollingUpdateStatefulSetStrategy
  readonly type?: 'OnDelete' | 'RollingUpdate'
}
