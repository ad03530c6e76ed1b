// kubernetes: kubectl pkg/cmd/get/sorter.go
import type { JsonObject } from '#apimachinery/object.ts'
import {
  compareQuantity,
  parseQuantity,
  QuantityError,
  type Quantity,
} from '#apimachinery/quantity.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { quoteText } from '#kubectl/output/go/quote.ts'
import { floatOf, integerOf, typeName, typeOf, type GoValue } from '#kubectl/output/go/value.ts'
import { findResults, type Results } from '#kubectl/output/jsonpath/evaluate.ts'
import {
  JsonPathError,
  parseJsonPath,
  type JsonPathTemplate,
} from '#kubectl/output/jsonpath/parse.ts'
import { relaxedJsonPath } from '#kubectl/output/jsonpath/relaxed.ts'
import { sortInPlace } from '#kubectl/output/sort.ts'

/** Ends kubectl by its log: `F0102 03:04:05.678901    2345 sorter.go:375] Field …`. */
export class UnsortableFailure extends KubectlFailure {
  override readonly name = 'UnsortableFailure'
  /** Where the log says that it comes from. */
  readonly source: string

  constructor(message: string, source: string) {
    super(message)
    this.source = source
  }
}

/** What the message calls the things that are sorted, and where it comes from. */
interface Holder {
  readonly type: string
  readonly source: string
}

const OBJECTS: Holder = { type: '*unstructured.Unstructured', source: 'sorter.go:329' }
const ROWS: Holder = { type: '[][][]reflect.Value', source: 'sorter.go:375' }

/** Objects in the order of what `--sort-by` leads to in them. */
export const sortObjects = (
  objects: readonly JsonObject[],
  sortBy: string,
): readonly JsonObject[] => {
  if (objects.length === 0 || sortBy === '') return objects
  const path = relaxedJsonPath(sortBy)
  const template = parsed(path, '')
  let found = false
  const keys = objects.map((object) => {
    const results = resultsOf(template, object, (message) => message)
    found ||= results.length > 0
    return results[0]
  })
  if (!found) throw nowhere(path)
  return sorted(objects, keys, path, OBJECTS)
}

export interface SortableRow {
  /** The object that the row shows. */
  readonly object?: JsonObject | undefined
}

/**
 * The rows of a table, likewise. One row needs no order, and no path that leads anywhere. Of what this throws but an
 * UnsortableFailure `kubectl get` says nothing: it prints no table.
 */
export const sortRows = <Row extends SortableRow>(
  rows: readonly Row[],
  sortBy: string,
): readonly Row[] => {
  if (rows.length < 2 || sortBy === '') return rows
  const path = rowPath(sortBy)
  const template = parsed(path, 'sorting error: ')
  const results = rows.map(({ object }) =>
    resultsOf(
      template,
      object ?? {},
      (message) =>
        `Failed to get values for [][]reflect.Value(nil) using ${path} (&errors.errorString{s:${quoteText(message)}})`,
    ),
  )
  if (results.every((values) => values.length === 0)) throw nowhere(path)
  return sorted(
    rows,
    results.map((values) => values[0]),
    path,
    ROWS,
  )
}

/** What cannot be read in the relaxed way is taken as it is. */
const rowPath = (sortBy: string): string => {
  try {
    return relaxedJsonPath(sortBy)
  } catch (error) {
    if (error instanceof KubectlFailure) return sortBy
    throw error
  }
}

const nowhere = (path: string): KubectlFailure =>
  new KubectlFailure(`couldn't find any field with path ${quoteText(path)} in the list of objects`)

const parsed = (path: string, prefix: string): JsonPathTemplate => {
  try {
    return parseJsonPath(path)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new KubectlFailure(prefix + error.message)
  }
}

const resultsOf = (
  template: JsonPathTemplate,
  object: JsonObject,
  wording: (message: string) => string,
): Results => {
  try {
    return findResults(template, object, { allowMissingKeys: true })[0] ?? []
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new KubectlFailure(wording(error.message))
  }
}

const sorted = <T>(
  items: readonly T[],
  keys: readonly (GoValue | undefined)[],
  path: string,
  { type, source }: Holder,
): readonly T[] => {
  const order = items.map((_, index) => index)
  const quantities = new QuantityReader()
  sortInPlace({
    length: items.length,
    less: (i, j) => {
      const left = keys[order[i]!]
      const right = keys[order[j]!]
      // Nothing comes first, before nothing too.
      if (left === undefined) return true
      return (
        right !== undefined &&
        isLess(left, right, quantities, (message) => {
          throw new UnsortableFailure(
            `Field ${path} in ${type} is an unsortable type: interface, err: ${message}`,
            source,
          )
        })
      )
    },
    swap: (i, j) => {
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    },
  })
  return order.map((index) => items[index]!)
}

/** Texts are compared again and again: each is read once. */
class QuantityReader {
  readonly #read = new Map<string, Quantity | undefined>()

  quantity(text: string): Quantity | undefined {
    if (!this.#read.has(text)) this.#read.set(text, quantityOrNothing(text))
    return this.#read.get(text)
  }
}

const quantityOrNothing = (text: string): Quantity | undefined => {
  try {
    return parseQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

const isLess = (
  left: GoValue,
  right: GoValue,
  quantities: QuantityReader,
  refuse: (message: string) => never,
): boolean => {
  if (left === null) return right !== null
  if (right === null) return false
  const type = typeOf(left)
  if (type === 'bool' || type === 'slice' || type === 'map')
    return refuse(`unsortable type: ${typeName(left)}`)
  if (type !== typeOf(right)) return refuse('unsortable interface: interface')
  if (typeof left !== 'string')
    return (integerOf(left) ?? floatOf(left) ?? 0) < (integerOf(right) ?? floatOf(right) ?? 0)
  const [a, b] = [quantities.quantity(left), quantities.quantity(right as string)]
  return a === undefined || b === undefined ? left < (right as string) : compareQuantity(a, b) < 0
}
