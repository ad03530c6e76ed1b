import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printPodDisruptionBudget */
export const podDisruptionBudgetRow: RowPrinter<PodDisruptionBudget> = (
  { metadata, spec, status },
  { now },
) => [
  metadata.name!,
  `${spec.minAvailable ?? 'N/A'}`,
  `${spec.maxUnavailable ?? 'N/A'}`,
  status?.disruptionsAllowed ?? 0,
  age(now, metadata.creationTimestamp),
]
