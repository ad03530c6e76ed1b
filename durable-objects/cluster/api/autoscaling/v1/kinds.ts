import { autoscalerV1, storedAutoscaler } from '#api/autoscaling/v1/convert.ts'
import { horizontalPodAutoscalerRow } from '#api/autoscaling/v2/horizontal-pod-autoscaler/columns.ts'
import { horizontalPodAutoscalerStrategy } from '#api/autoscaling/v2/horizontal-pod-autoscaler/strategy.ts'
import type { HorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { conversion, kind, type KindBehaviour } from '#api/strategy.ts'
import { assign, fill } from '#apimachinery/object.ts'

// kubernetes: pkg/apis/autoscaling/v1/defaults.go. The field is the same in both versions; metrics are given by the conversion.
const defaults = (autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler =>
  assign(autoscaler, { spec: fill(autoscaler.spec, { minReplicas: 1 }) })

export const autoscalingV1Kinds: Readonly<Record<string, KindBehaviour>> = {
  'horizontalpodautoscalers.v1.autoscaling': kind<HorizontalPodAutoscaler>({
    strategy: { ...horizontalPodAutoscalerStrategy, defaults },
    row: horizontalPodAutoscalerRow,
    conversion: conversion('horizontalpodautoscalers.autoscaling', storedAutoscaler, autoscalerV1),
  }),
}
