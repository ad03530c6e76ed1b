import { podDisruptionBudgetRow } from '#api/policy/v1/pod-disruption-budget/columns.ts'
import { podDisruptionBudgetStrategy } from '#api/policy/v1/pod-disruption-budget/strategy.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const policyKinds: Readonly<Record<string, KindBehaviour>> = {
  'poddisruptionbudgets.policy': kind<PodDisruptionBudget>({
    strategy: podDisruptionBudgetStrategy,
    row: podDisruptionBudgetRow,
  }),
}
