// Made from the API's facts by scripts/generate-types.mjs.
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Deployment {
  readonly apiVersion: 'apps/v1'
  readonly kind: 'Deployment'
  readonly metadata: ObjectMeta
  readonly spec: DeploymentSpec
  readonly status: DeploymentStatus
}

export interface DeploymentCondition {
  readonly lastTransitionTime?: string
  readonly lastUpdateTime?: string
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface DeploymentSpec {
  readonly minReadySeconds?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
  readonly replicas?: number
  readonly revisionHistoryLimit?: number
  readonly selector: LabelSelector
  readonly strategy: DeploymentStrategy
  readonly template: PodTemplateSpec
}

export interface DeploymentStatus {
  readonly availableReplicas?: number
  readonly collisionCount?: number
  readonly conditions?: readonly DeploymentCondition[]
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas?: number
  readonly terminatingReplicas?: number
  readonly unavailableReplicas?: number
  readonly updatedReplicas?: number
}

export interface DeploymentStrategy {
  readonly rollingUpdate?: RollingUpdateDeployment
  readonly type?: 'Recreate' | 'RollingUpdate'
}

export interface RollingUpdateDeployment {
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
}
