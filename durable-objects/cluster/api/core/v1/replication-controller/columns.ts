import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabels } from '#apimachinery/label-text.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printReplicationController */
export const replicationControllerRow: RowPrinter<ReplicationController> = (
  { metadata, spec, status },
  { now },
) => [
  metadata.name!,
  spec.replicas ?? 0,
  status?.replicas ?? 0,
  status?.readyReplicas ?? 0,
  age(now, metadata.creationTimestamp),
  ...containerCells(spec.template?.spec.containers),
  formatLabels(spec.selector),
]
