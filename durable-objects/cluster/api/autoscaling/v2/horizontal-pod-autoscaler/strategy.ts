// kubernetes: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { defaultHorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/defaults.ts'
import type {
  HorizontalPodAutoscaler,
  MetricStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { validateHorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

/** A list that is not there is written as null in this field. */
const NOTHING_MEASURED = Object.freeze({
  currentMetrics: null as unknown as readonly MetricStatus[],
  desiredReplicas: 0,
})

export const horizontalPodAutoscalerStrategy: Strategy<HorizontalPodAutoscaler> = {
  defaults: defaultHorizontalPodAutoscaler,
  prepareForCreate: (autoscaler) => assign(autoscaler, { status: NOTHING_MEASURED }),
  validate: validateHorizontalPodAutoscaler,
  prepareForUpdate: keepStatus,
  validateUpdate: validateHorizontalPodAutoscaler,
  status: { prepareForUpdate: keepSpec },
  hasGeneration: false,
}
