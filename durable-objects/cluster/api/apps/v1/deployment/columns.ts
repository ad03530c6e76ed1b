import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printDeployment */
export const deploymentRow: RowPrinter<Deployment> = ({ metadata, spec, status }, { now }) => [
  metadata.name!,
  `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  status?.updatedReplicas ?? 0,
  status?.availableReplicas ?? 0,
  age(now, metadata.creationTimestamp),
  ...containerCells(spec.template.spec.containers),
  labelSelectorText(spec.selector),
]
