import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printStatefulSet */
export const statefulSetRow: RowPrinter<StatefulSet> = ({ metadata, spec, status }, { now }) => [
  metadata.name!,
  `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  age(now, metadata.creationTimestamp),
  ...containerCells(spec.template.spec.containers),
]
