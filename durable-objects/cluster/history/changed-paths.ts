// In what two objects differ, path by path.
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'

export interface ChangedPath {
  /** `spec.replicas`, `status.conditions[Ready].status`, `metadata.labels["app.kubernetes.io/name"]` */
  readonly path: string
  /** Absent: there was nothing. */
  readonly from?: JsonValue
  /** Absent: there is nothing any more. */
  readonly to?: JsonValue
}

/** What is changed by whoever writes, and tells nobody anything. */
const UNTOLD: ReadonlySet<string> = new Set(['managedFields', 'resourceVersion'])

/** A value as long as a book is told by its beginning. */
const LONGEST_VALUE = 2000

type Value = unknown

const isMap = (value: Value): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/

const joined = (path: string, key: string): string => {
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

const bounded = (value: Value): JsonValue => {
  const text = JSON.stringify(value) ?? ''
  if (text.length <= LONGEST_VALUE) return value as JsonValue
  return `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`
}

/** By what the items of a list are told apart: containers by name, conditions by type. */
const NAMES = ['name', 'type', 'uid', 'ip', 'key'] as const

const namesIn = (
  items: readonly Value[],
  field: string,
): ReadonlyMap<string, Value> | undefined => {
  const named = new Map<string, Value>()
  for (const item of items) {
    const name = isMap(item) && Object.hasOwn(item, field) ? item[field] : undefined
    if (typeof name !== 'string' || named.has(name)) return undefined
    named.set(name, item)
  }
  return named
}

type Entries = ReadonlyMap<string, Value>

/** The parts of two values, each by its name; undefined if they are not to be taken apart. */
const partsOf = (a: Value, b: Value): readonly [Entries, Entries, boolean] | undefined => {
  if (isMap(a) && isMap(b)) return [new Map(Object.entries(a)), new Map(Object.entries(b)), false]
  if (!Array.isArray(a) || !Array.isArray(b)) return undefined
  for (const field of NAMES) {
    const [before, after] = [namesIn(a, field), namesIn(b, field)]
    if (before !== undefined && after !== undefined && before.size + after.size > 0)
      return [before, after, true]
  }
  const byIndex = (items: readonly Value[]): Entries =>
    new Map(items.map((item, index) => [String(index), item]))
  return [byIndex(a), byIndex(b), true]
}

interface Found {
  readonly changes: ChangedPath[]
  readonly most: number
}

const collect = (path: string, a: Value, b: Value, found: Found): void => {
  if (a === b || found.changes.length > found.most) return
  const parts = partsOf(a, b)
  if (parts === undefined) {
    found.changes.push({
      path,
      ...(a === undefined ? {} : { from: bounded(a) }),
      ...(b === undefined ? {} : { to: bounded(b) }),
    })
    return
  }
  const [before, after, isList] = parts
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (path === 'metadata' && UNTOLD.has(key)) continue
    const inner = isList ? `${path}[${key}]` : joined(path, key)
    collect(inner, before.get(key), after.get(key), found)
  }
}

/** At most so many; `isCut` if there are more. */
export const changedPaths = (
  before: unknown,
  after: unknown,
  most: number,
): { readonly changes: readonly ChangedPath[]; readonly isCut: boolean } => {
  const found: Found = { changes: [], most }
  collect('', before, after, found)
  return { changes: found.changes.slice(0, most), isCut: found.changes.length > most }
}
