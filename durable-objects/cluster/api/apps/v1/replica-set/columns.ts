import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printReplicaSet */
export const replicaSetRow: RowPrinter<ReplicaSet> = ({ metadata, spec, status }, { now }) => [
  metadata.name!,
  spec.replicas ?? 0,
  status?.replicas ?? 0,
  status?.readyReplicas ?? 0,
  age(now, metadata.creationTimestamp),
  ...containerCells(spec.template.spec.containers),
  formatLabelSelector(spec.selector),
]
