// The rows of kinds that have no printer of their own.
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const nameAndAge: RowPrinter = ({ metadata }, { now }) => [
  metadata.name ?? '',
  age(now, metadata.creationTimestamp),
]

/** What apiserver's default table shows. kubernetes: apiserver pkg/registry/rest/table.go */
export const nameAndCreation: RowPrinter = ({ metadata }) => [
  metadata.name ?? '',
  metadata.creationTimestamp ?? null,
]
