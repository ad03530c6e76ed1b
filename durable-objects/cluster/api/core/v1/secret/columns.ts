import type { Secret } from '#api/core/v1/secret/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

// The number of keys is an integer although the column says string, as upstream sends it.
export const secretRow: RowPrinter<Secret> = ({ metadata, type, data }, { now }) => [
  metadata.name ?? '',
  type ?? '',
  Object.keys(data ?? {}).length,
  age(now, metadata.creationTimestamp),
]
