// kubernetes: pkg/registry/policy/poddisruptionbudget/strategy.go
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import type {
  PodDisruptionBudget,
  PodDisruptionBudgetStatus,
} from '#api/policy/v1/pod-disruption-budget/types.ts'
import {
  validateBudgetStatusUpdate,
  validatePodDisruptionBudget,
} from '#api/policy/v1/pod-disruption-budget/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign, freeze } from '#apimachinery/object.ts'

const NOTHING_ALLOWED: PodDisruptionBudgetStatus = freeze({
  currentHealthy: 0,
  desiredHealthy: 0,
  disruptionsAllowed: 0,
  expectedPods: 0,
})

export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  prepareForCreate: (budget) => assign(budget, { status: NOTHING_ALLOWED }),
  validate: validatePodDisruptionBudget,
  prepareForUpdate: keepStatus,
  validateUpdate: validatePodDisruptionBudget,
  status: { prepareForUpdate: keepSpec, validateUpdate: validateBudgetStatusUpdate },
  allowUnconditionalUpdate: false,
}
