import type { Namespace } from '#api/core/v1/namespace/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const namespaceRow: RowPrinter<Namespace> = ({ metadata, status }, { now }) => [
  metadata.name ?? '',
  status?.phase ?? '',
  age(now, metadata.creationTimestamp),
]
