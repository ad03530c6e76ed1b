// kubernetes: pkg/apis/policy/validation/validation.go
import { append } from '#apimachinery/append.ts'
import { validateAtMostAll, validateIntOrPercent } from '#api/apps/v1/int-or-percent.ts'
import { notNegative } from '#api/apps/v1/workload-validation.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import { invalidValue, notSupported, type FieldError } from '#apimachinery/field-error.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget']

export const validatePodDisruptionBudget = ({
  spec,
}: PodDisruptionBudget): readonly FieldError[] => {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec
  const errors: FieldError[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(
      invalidValue(
        'spec',
        internalForm('PodDisruptionBudgetSpec', spec),
        'minAvailable and maxUnavailable cannot be both set',
      ),
    )
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[field]
    if (value === undefined) continue
    append(
      errors,
      validateIntOrPercent(value, `spec.${field}`),
      validateAtMostAll(value, `spec.${field}`),
    )
  }
  append(errors, validateLabelSelector(spec.selector, 'spec.selector'))
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES))
  return errors
}

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const

export const validateBudgetStatusUpdate = ({
  status,
}: PodDisruptionBudget): readonly FieldError[] =>
  COUNTS.flatMap((field) => notNegative(status[field], `status.${field}`))
