// kubernetes: pkg/controller/podautoscaler/horizontal.go setConditionInList
import type { HorizontalPodAutoscalerCondition } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Told } from '#kube-controller-manager/podautoscaler/limits.ts'

export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited'

export type Conditions = readonly HorizontalPodAutoscalerCondition[]

/** The conditions with one of them as it is now; only another status is a transition. */
export const withCondition = (
  conditions: Conditions,
  type: ConditionType,
  isTrue: boolean,
  { reason, message }: Told,
  now: number,
): Conditions => {
  const status = isTrue ? 'True' : 'False'
  const old = conditions.find((condition) => condition.type === type)
  const lastTransitionTime =
    old?.status === status && old.lastTransitionTime !== undefined
      ? old.lastTransitionTime
      : formatTime(now)
  const next = { type, status, lastTransitionTime, reason, message }
  return old === undefined
    ? [...conditions, next]
    : conditions.map((condition) => (condition === old ? next : condition))
}
