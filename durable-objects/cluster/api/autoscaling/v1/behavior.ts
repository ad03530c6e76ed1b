// How autoscaling/v1 writes a behavior into an annotation: Go's own names of the fields, in their order.
import type {
  HorizontalPodAutoscalerBehavior,
  HPAScalingRules,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { schemaOf } from '#api/schemas.ts'
import { decode } from '#apimachinery/schema/decode.ts'

const rulesText = (rules: HPAScalingRules | undefined) =>
  rules === undefined
    ? null
    : {
        StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
        SelectPolicy: rules.selectPolicy ?? null,
        Policies:
          rules.policies?.map(({ type, value, periodSeconds }) => ({
            Type: type,
            Value: value,
            PeriodSeconds: periodSeconds,
          })) ?? null,
        Tolerance: rules.tolerance ?? null,
      }

/** What stands in the annotation `autoscaling.alpha.kubernetes.io/behavior`. */
export const behaviorText = ({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): string =>
  JSON.stringify({ ScaleUp: rulesText(scaleUp), ScaleDown: rulesText(scaleDown) })

const withSmallInitials = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withSmallInitials)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .map(([key, inner]) => [key.slice(0, 1).toLowerCase() + key.slice(1), withSmallInitials(inner)])
  return Object.fromEntries(entries)
}

/** Anybody may have written an annotation: what is no behavior is none. */
export const behaviorOf = (text: string): HorizontalPodAutoscalerBehavior | undefined => {
  try {
    const schema = schemaOf('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior')!
    const { object } = decode(withSmallInitials(JSON.parse(text)), schema)
    return object
  } catch {
    return undefined // neither JSON nor of the types that a behavior has
  }
}
