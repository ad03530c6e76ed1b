// kubernetes: pkg/printers/internalversion/printers.go printNetworkPolicy
import type { NetworkPolicy } from '#api/networking/v1/network-policy/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'

export const networkPolicyRow: RowPrinter<NetworkPolicy> = ({ metadata, spec }, { now }) => [
  metadata.name!,
  formatLabelSelector(spec.podSelector ?? {}),
  age(now, metadata.creationTimestamp),
]
