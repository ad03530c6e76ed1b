// Made from the API's facts by scripts/generate-types.mjs.
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ReplicationController {
  readonly apiVersion: 'v1'
  readonly kind: 'ReplicationController'
  readonly metadata: ObjectMeta
  readonly spec: ReplicationControllerSpec
  readonly status: ReplicationControllerStatus
}

export interface ReplicationControllerCondition {
  readonly lastTransitionTime?: string
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface ReplicationControllerSpec {
  readonly minReadySeconds?: number
  readonly replicas?: number
  readonly selector?: Readonly<Record<string, string>>
  readonly template?: PodTemplateSpec
}

export interface ReplicationControllerStatus {
  readonly availableReplicas?: number
  readonly conditions?: readonly ReplicationControllerCondition[]
  readonly fullyLabeledReplicas?: number
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
}
