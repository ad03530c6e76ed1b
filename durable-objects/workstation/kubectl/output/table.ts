// Prints the tables that servers answer. kubernetes: cli-runtime pkg/printers/tableprinter.go
import { age } from '#apimachinery/age.ts'
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { formatLabels } from '#apimachinery/label-text.ts'
import { metadataOf } from '#kubectl/resource/info.ts'

export interface TableOptions {
  readonly isWide: boolean
  readonly withNamespace: boolean
  /** `deployment.apps`: stands before names. */
  readonly kind?: string
  readonly showLabels: boolean
  readonly labelColumns: readonly string[]
}

interface Column {
  readonly name: string
  readonly priority: number
}

interface Row {
  readonly cells: readonly JsonValue[]
  readonly object?: JsonObject
}

export const isTable = (object: JsonObject | undefined): boolean =>
  object?.['kind'] === 'Table' && String(object['apiVersion']).startsWith('meta.k8s.io/')

export const columnsOf = (table: JsonObject): readonly Column[] =>
  (table['columnDefinitions'] ?? []) as unknown as readonly Column[]

export const rowsOf = (table: JsonObject): readonly Row[] =>
  (table['rows'] ?? []) as unknown as readonly Row[]

/** What is shown of an object that no server has made a table of. */
export const tableOf = (object: JsonObject, now: number): JsonObject => {
  const { name = '', creationTimestamp } = metadataOf(object)
  const since = creationTimestamp === undefined ? '<unknown>' : age(now, creationTimestamp)
  return {
    columnDefinitions: [
      { name: 'Name', priority: 0 },
      { name: 'Age', priority: 0 },
    ],
    rows: [{ cells: [name, since], object }],
  }
}

const shownColumns = (columns: readonly Column[], isWide: boolean): readonly number[] =>
  columns.flatMap(({ priority }, index) => (isWide || priority === 0 ? [index] : []))

/** The headings, and the place of the column that names. */
export const headersOf = (columns: readonly Column[], options: TableOptions): readonly string[] => [
  ...(options.withNamespace ? ['NAMESPACE'] : []),
  ...shownColumns(columns, options.isWide).map((index) => columns[index]!.name.toUpperCase()),
  ...options.labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
  ...(options.showLabels ? ['LABELS'] : []),
]

export const cellsOf = (
  columns: readonly Column[],
  { cells, object }: Row,
  options: TableOptions,
): readonly string[] => {
  const { namespace = '', labels } = metadataOf(object)
  const nameColumn = columns.findIndex(({ name }) => name === 'Name')
  return [
    ...(options.withNamespace ? [namespace] : []),
    ...shownColumns(columns, options.isWide).map((index) => {
      const text = cellText(cells[index])
      return index === nameColumn && options.kind !== undefined ? `${options.kind}/${text}` : text
    }),
    ...options.labelColumns.map((label) => own(labels, label) ?? ''),
    ...(options.showLabels ? [formatLabels(labels)] : []),
  ]
}

/** A line break ends what is shown of a cell. */
const cellText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return goValue(value)
  const end = value.search(/[\f\n\r]/)
  return escaped(end < 0 ? value : `${value.slice(0, end)}...`)
}

const goValue = (value: JsonValue): string => {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(goValue).join(' ')}]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Nothing that a terminal obeys. kubernetes: printers.WriteEscaped */
const escaped = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r')
