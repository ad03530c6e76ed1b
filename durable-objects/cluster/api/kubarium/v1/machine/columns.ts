import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const text = (name: string) => ({ name, type: 'string', format: '', priority: 0 }) as const

/** In the form of api/facts/columns.json. */
export const machineColumns = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  text('Power'),
  text('Network'),
  text('Age'),
] as const

export const machineRow: RowPrinter<Machine> = ({ metadata, spec, status }, { now }) => [
  metadata.name ?? '',
  status?.power ?? spec.power ?? '',
  spec.network ?? '',
  age(now, metadata.creationTimestamp),
]
