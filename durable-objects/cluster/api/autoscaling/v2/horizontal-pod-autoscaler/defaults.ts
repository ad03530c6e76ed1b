// kubernetes: pkg/apis/autoscaling/v2/defaults.go
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HPAScalingRules,
  MetricSpec,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { assign, fill, freeze } from '#apimachinery/object.ts'

const CPU_AT_80: readonly MetricSpec[] = freeze([
  {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
  },
])

const SCALE_UP: HPAScalingRules = freeze({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
})

const SCALE_DOWN: HPAScalingRules = freeze({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
})

const defaultBehavior = (
  behavior: HorizontalPodAutoscalerBehavior,
): HorizontalPodAutoscalerBehavior =>
  assign(behavior, {
    scaleUp: fill(behavior.scaleUp ?? {}, SCALE_UP),
    scaleDown: fill(behavior.scaleDown ?? {}, SCALE_DOWN),
  })

export const defaultHorizontalPodAutoscaler = (
  autoscaler: HorizontalPodAutoscaler,
): HorizontalPodAutoscaler => {
  const { spec } = autoscaler
  return assign(autoscaler, {
    spec: fill(
      assign(spec, {
        metrics: spec.metrics?.length ? spec.metrics : CPU_AT_80,
        behavior: spec.behavior && defaultBehavior(spec.behavior),
      }),
      { minReplicas: 1 },
    ),
  })
}
