import type { CrossVersionObjectReference } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

/** An autoscaler in the older API: what it cannot say stands in annotations. */
export interface HorizontalPodAutoscalerV1 {
  readonly apiVersion: 'autoscaling/v1'
  readonly kind: 'HorizontalPodAutoscaler'
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly scaleTargetRef: CrossVersionObjectReference
    readonly minReplicas?: number
    readonly maxReplicas: number
    readonly targetCPUUtilizationPercentage?: number
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly lastScaleTime?: string
    readonly currentReplicas?: number
    readonly desiredReplicas?: number
    readonly currentCPUUtilizationPercentage?: number
  }
}
