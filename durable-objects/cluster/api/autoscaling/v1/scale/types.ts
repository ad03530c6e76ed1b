// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Scale {
  readonly apiVersion: 'autoscaling/v1'
  readonly kind: 'Scale'
  readonly metadata: ObjectMeta
  readonly spec: ScaleSpec
  readonly status: ScaleStatus
}

export interface ScaleSpec {
  readonly replicas?: number
}

export interface ScaleStatus {
  readonly replicas: number
  readonly selector?: string
}
