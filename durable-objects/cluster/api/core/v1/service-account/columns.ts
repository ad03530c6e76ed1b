import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const serviceAccountRow: RowPrinter<ServiceAccount> = ({ metadata }, { now }) => [
  metadata.name ?? '',
  age(now, metadata.creationTimestamp),
]
