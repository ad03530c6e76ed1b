// kubernetes: pkg/apis/autoscaling/validation/validation.go
import { append } from '#apimachinery/append.ts'
import {
  validateMetric,
  validateObjectReference,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/metric-validation.ts'
import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import {
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'

const SELECT_POLICIES = ['Disabled', 'Max', 'Min']
const POLICY_TYPES = ['Percent', 'Pods']
const MAX_PERIOD = 1800
const MAX_WINDOW = 3600

export const validateHorizontalPodAutoscaler = ({
  spec,
}: HorizontalPodAutoscaler): readonly FieldError[] => {
  const { minReplicas: min, maxReplicas: max = 0, metrics = [], behavior } = spec
  const errors: FieldError[] = []
  if (min !== undefined && min < 1)
    errors.push(invalidValue('spec.minReplicas', min, 'must be greater than or equal to 1'))
  if (max < 1) errors.push(invalidValue('spec.maxReplicas', max, 'must be greater than 0'))
  if (min !== undefined && max < min)
    errors.push(
      invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'),
    )
  append(errors, validateObjectReference(spec.scaleTargetRef, 'spec.scaleTargetRef'))
  for (const [index, metric] of metrics.entries())
    append(errors, validateMetric(metric, `spec.metrics[${index}]`))
  for (const field of ['scaleUp', 'scaleDown'] as const)
    if (behavior?.[field] !== undefined)
      append(errors, validateRules(behavior[field], `spec.behavior.${field}`))
  return errors
}

const validateRules = (rules: HPAScalingRules, path: string): readonly FieldError[] => {
  const { stabilizationWindowSeconds: window, selectPolicy: select, policies = [] } = rules
  const errors: FieldError[] = []
  if (window !== undefined && window < 0)
    errors.push(
      invalidValue(
        `${path}.stabilizationWindowSeconds`,
        window,
        'must be greater than or equal to zero',
      ),
    )
  if (window !== undefined && window > MAX_WINDOW)
    errors.push(
      invalidValue(
        `${path}.stabilizationWindowSeconds`,
        window,
        `must be less than or equal to ${MAX_WINDOW}`,
      ),
    )
  if (select !== undefined && !SELECT_POLICIES.includes(select))
    errors.push(notSupported(`${path}.selectPolicy`, select, SELECT_POLICIES))
  if (policies.length === 0)
    errors.push(requiredValue(`${path}.policies`, 'must specify at least one Policy'))
  for (const [index, policy] of policies.entries()) {
    const here = `${path}.policies[${index}]`
    if (!POLICY_TYPES.includes(policy.type))
      errors.push(notSupported(`${here}.type`, policy.type ?? '', POLICY_TYPES))
    if ((policy.value ?? 0) <= 0)
      errors.push(invalidValue(`${here}.value`, policy.value ?? 0, 'must be greater than zero'))
    const { periodSeconds: period = 0 } = policy
    if (period <= 0)
      errors.push(invalidValue(`${here}.periodSeconds`, period, 'must be greater than zero'))
    if (period > MAX_PERIOD)
      errors.push(
        invalidValue(
          `${here}.periodSeconds`,
          period,
          `must be less than or equal to ${MAX_PERIOD}`,
        ),
      )
  }
  return errors
}
