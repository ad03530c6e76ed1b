import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const configMapRow: RowPrinter<ConfigMap> = ({ metadata, data, binaryData }, { now }) => [
  metadata.name ?? '',
  Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
  age(now, metadata.creationTimestamp),
]
