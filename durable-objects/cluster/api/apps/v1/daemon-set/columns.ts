import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import { containerCells } from '#api/core/v1/pod/container-cells.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabels, formatLabelSelector } from '#apimachinery/label-text.ts'

/** kubernetes: pkg/printers/internalversion/printers.go printDaemonSet */
export const daemonSetRow: RowPrinter<DaemonSet> = ({ metadata, spec, status }, { now }) => [
  metadata.name!,
  status?.desiredNumberScheduled ?? 0,
  status?.currentNumberScheduled ?? 0,
  status?.numberReady ?? 0,
  status?.updatedNumberScheduled ?? 0,
  status?.numberAvailable ?? 0,
  formatLabels(spec.template.spec.nodeSelector),
  age(now, metadata.creationTimestamp),
  ...containerCells(spec.template.spec.containers),
  formatLabelSelector(spec.selector),
]
