// One step of a path into an object. kubernetes: structured-merge-diff fieldpath/element.go, serialize-pe.go
import { quote } from '#apimachinery/field-error.ts'
import type { JsonValue } from '#apimachinery/object.ts'
import { goFloat } from '#apimachinery/patch/go-format.ts'
import { RecentTable } from './recent.ts'

export type PathElement = FieldElement | KeyElement | ValueElement | IndexElement

interface Interned {
  /** Unique for the element as long as it is remembered; for making names of sets. */
  readonly id: number
  /** As FieldsV1 writes it: `f:spec`, `k:{"port":80,"protocol":"TCP"}`, `v:"a"`, `i:3`. */
  readonly text: string
}

/** A field of an object or a key of a map. */
interface FieldElement extends Interned {
  readonly kind: 'field'
  readonly name: string
}

/** The item of a list whose keys have these values; sorted by name. */
interface KeyElement extends Interned {
  readonly kind: 'key'
  readonly keys: readonly (readonly [name: string, value: JsonValue])[]
}

/** The item of a set. */
interface ValueElement extends Interned {
  readonly kind: 'value'
  readonly value: JsonValue
}

interface IndexElement extends Interned {
  readonly kind: 'index'
  readonly index: number
}

const remembered = new RecentTable<string, PathElement>(8192)
// By name, as most elements are fields and their names come from objects: no text is put together to find them.
const fields = new RecentTable<string, PathElement>(8192)
let lastId = 0

const intern = (text: string, make: (id: number) => PathElement): PathElement => {
  let element = remembered.get(text)
  if (element === undefined) {
    element = make(++lastId)
    remembered.set(text, element)
  }
  return element
}

export const fieldElement = (name: string): PathElement => {
  let element = fields.get(name)
  if (element === undefined) {
    element = { kind: 'field', id: ++lastId, text: `f:${name}`, name }
    fields.set(name, element)
  }
  return element
}

/** `keys` in any order. */
export const keyElement = (keys: readonly (readonly [string, JsonValue])[]): PathElement => {
  const sorted = keys.length < 2 ? keys : [...keys].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  let text = 'k:{'
  for (const [name, value] of sorted) {
    if (text.length > 3) text += ','
    text += `${goJson(name)}:${goJson(value)}`
  }
  text += '}'
  return intern(text, (id) => ({ kind: 'key', id, text, keys: sorted }))
}

export const valueElement = (value: JsonValue): PathElement => {
  const text = `v:${goJson(value)}`
  return intern(text, (id) => ({ kind: 'value', id, text, value }))
}

export const indexElement = (index: number): PathElement => {
  const text = `i:${index}`
  return intern(text, (id) => ({ kind: 'index', id, text, index }))
}

/** JSON as Go writes it: keys sorted, and safe to stand in HTML. */
export const goJson = (value: JsonValue): string => {
  if (typeof value === 'string') {
    const text = JSON.stringify(value)
    return UNSAFE.test(text) ? text.replace(/[<>&\u2028\u2029]/g, escape) : text
  }
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const map = value as Readonly<Record<string, JsonValue | undefined>>
  const keys = Object.keys(map).filter((key) => map[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${goJson(key)}:${goJson(map[key]!)}`)
    .join(',')}}`
}

const UNSAFE = /[<>&\u2028\u2029]/
const escape = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Reads an element; undefined if it is of a kind that only a later version knows. */
export const parseElement = (text: string): PathElement | undefined => {
  if (text.startsWith('f:')) return fieldElement(text.slice(2))
  const known = remembered.get(text)
  if (known !== undefined) return known
  if (text.length < 2) throw new Error('key must be 2 characters long:')
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`)
  const rest = text.slice(2)
  switch (text[0]) {
    case 'v':
      return valueElement(JSON.parse(rest) as JsonValue)
    case 'k': {
      const keys: unknown = JSON.parse(rest)
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys))
        throw new Error(`expected an object: ${text}`)
      return keyElement(Object.entries(keys as Record<string, JsonValue>))
    }
    case 'i':
      if (!/^[+-]?\d+$/.test(rest))
        throw new Error(`strconv.Atoi: parsing ${quote(rest)}: invalid syntax`)
      return indexElement(Number(rest))
    default:
      return undefined
  }
}

/** As conflicts print it: `.spec`, `[port=80,protocol="TCP"]`, `[="a"]`, `[3]`. */
export const elementText = (element: PathElement): string => {
  switch (element.kind) {
    case 'field':
      return `.${element.name}`
    case 'key':
      return `[${element.keys.map(([name, value]) => `${name}=${valueText(value)}`).join(',')}]`
    case 'value':
      return `[=${valueText(element.value)}]`
    case 'index':
      return `[${element.index}]`
  }
}

export const pathText = (path: readonly PathElement[]): string => path.map(elementText).join('')

const valueText = (value: JsonValue): string => {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return goFloat(value)
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(valueText).join(',')}]`
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, item]) => `${key}=${valueText(item ?? null)}`)
      .join('')
  return String(value)
}

const RANK = { field: 0, key: 1, value: 2, index: 3 } as const

/** The order in which sets are written: fields, keyed items, values, indexes. */
export const compareElements = (a: PathElement, b: PathElement): number => {
  if (a === b || a.text === b.text) return 0
  if (a.kind === 'field' && b.kind === 'field') return a.name < b.name ? -1 : 1
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind]
  if (a.kind === 'key' && b.kind === 'key') return compareKeys(a, b)
  if (a.kind === 'value' && b.kind === 'value') return compareValues(a.value, b.value)
  return a.kind === 'index' && b.kind === 'index' ? a.index - b.index : 0
}

const compareKeys = (a: KeyElement, b: KeyElement): number => {
  for (const [index, [name, value]] of a.keys.entries()) {
    const other = b.keys[index]
    if (other === undefined) return 1
    if (name !== other[0]) return name < other[0] ? -1 : 1
    const order = compareValues(value, other[1])
    if (order !== 0) return order
  }
  return a.keys.length - b.keys.length
}

const valueRank = (value: JsonValue): number => {
  if (typeof value === 'number') return 0
  if (typeof value === 'string') return 1
  if (typeof value === 'boolean') return 2
  return value === null ? 4 : 3
}

const compareValues = (a: JsonValue, b: JsonValue): number => {
  const [left, right] = [valueRank(a), valueRank(b)]
  if (left !== right) return left - right
  if (typeof a === 'object' || typeof b === 'object') {
    const [text, other] = [goJson(a), goJson(b)]
    return text < other ? -1 : text > other ? 1 : 0
  }
  return a < b ? -1 : a > b ? 1 : 0
}
