import { horizontalPodAutoscalerRow } from '#api/autoscaling/v2/horizontal-pod-autoscaler/columns.ts'
import { horizontalPodAutoscalerStrategy } from '#api/autoscaling/v2/horizontal-pod-autoscaler/strategy.ts'
import type { HorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const autoscalingKinds: Readonly<Record<string, KindBehaviour>> = {
  'horizontalpodautoscalers.autoscaling': kind<HorizontalPodAutoscaler>({
    strategy: horizontalPodAutoscalerStrategy,
    row: horizontalPodAutoscalerRow,
  }),
}
