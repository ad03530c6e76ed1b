// A YAML document as kustomize holds it while it works: values keep the text that they were written with, so that `1.0` in an
// annotation stays `1.0`. Nodes belong to one build, which changes them in place.
import { setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'

export type ScalarTag = 'str' | 'int' | 'float' | 'bool' | 'null' | 'timestamp'

export interface ScalarNode {
  readonly kind: 'scalar'
  text: string
  tag: ScalarTag
}

export interface MapNode {
  readonly kind: 'map'
  readonly fields: Map<string, Node>
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: Node[]
}

export type Node = ScalarNode | MapNode | ListNode

export const textNode = (text: string): ScalarNode => ({ kind: 'scalar', text, tag: 'str' })
export const mapNode = (fields: Iterable<readonly [string, Node]> = []): MapNode => ({
  kind: 'map',
  fields: new Map(fields),
})
export const listNode = (items: readonly Node[] = []): ListNode => ({
  kind: 'list',
  items: [...items],
})

export const isNull = (node: Node | undefined): boolean =>
  node === undefined || (node.kind === 'scalar' && node.tag === 'null')

export const isEmptyNode = (node: Node | undefined): boolean =>
  node === undefined ||
  isNull(node) ||
  (node.kind === 'map' && node.fields.size === 0) ||
  (node.kind === 'list' && node.items.length === 0)

export const copyNode = <T extends Node>(node: T): T => {
  const copy: Node =
    node.kind === 'scalar'
      ? { ...node }
      : node.kind === 'list'
        ? listNode(node.items.map((item) => copyNode(item)))
        : mapNode([...node.fields].map(([key, value]) => [key, copyNode(value)] as const))
  return copy as T
}

/** Takes another scalar's value; the place in the tree stays. */
export const setText = (node: ScalarNode, text: string, tag: ScalarTag = 'str'): void => {
  node.text = text
  node.tag = tag
}

/** The node at the end of a path of keys. */
export const nodeAt = (node: Node | undefined, ...path: readonly string[]): Node | undefined => {
  let found = node
  for (const key of path) found = found?.kind === 'map' ? found.fields.get(key) : undefined
  return found
}

/** The text of the scalar at the end of a path; '' if there is none. */
export const textAt = (node: Node | undefined, ...path: readonly string[]): string => {
  const found = nodeAt(node, ...path)
  return found?.kind === 'scalar' && found.tag !== 'null' ? found.text : ''
}

/** The map at the end of a path, made if it is not there. */
export const mapAt = (node: MapNode, ...path: readonly string[]): MapNode => {
  let found = node
  for (const key of path) {
    const next = found.fields.get(key)
    const map = next?.kind === 'map' ? next : mapNode()
    if (map !== next) found.fields.set(key, map)
    found = map
  }
  return found
}

/** `metadata.annotations` and the like, as texts. */
export const textsOf = (node: Node | undefined): Map<string, string> => {
  const texts = new Map<string, string>()
  if (node?.kind !== 'map') return texts
  for (const [key, value] of node.fields) if (value.kind === 'scalar') texts.set(key, value.text)
  return texts
}

const timestampText = (text: string): string => {
  const match =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d?):(\d\d?)(\.\d+)?\s*(Z|[-+]\d\d:\d\d)?)?$/.exec(
      text,
    )
  if (match === null) return text
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] =
    match
  const two = (part: string | undefined) => (part ?? '').padStart(2, '0')
  const digits = fraction.replace(/0+$/, '').replace(/^\.$/, '')
  const place = /^[-+]00:00$/.test(zone) ? 'Z' : zone
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${digits}${place}`
}

const MIN_INT64 = -(1n << 63n)
const MAX_UINT64 = (1n << 64n) - 1n

/** More digits than a double holds are a bigint, as long as Go's integers hold them. */
const integerOf = (text: string): number | bigint => {
  const digits = text.replaceAll('_', '').replace(/^\+/, '')
  const isNegative = digits.startsWith('-')
  const body = (isNegative ? digits.slice(1) : digits).replace(/^0(?=[0-7])/, '0o').toLowerCase()
  const value = Number(body)
  if (Number.isSafeInteger(value)) return isNegative ? -value : value
  const exact = isNegative ? -BigInt(body) : BigInt(body)
  return exact >= MIN_INT64 && exact <= MAX_UINT64 ? exact : Number(exact)
}

const scalarValue = ({ text, tag }: ScalarNode): JsonValue => {
  switch (tag) {
    case 'null':
      return null
    case 'bool':
      return /^t/i.test(text)
    case 'int':
      return Number(integerOf(text))
    case 'float': {
      if (/inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
      return /nan$/i.test(text) ? NaN : Number(text.replaceAll('_', ''))
    }
    case 'timestamp':
      return timestampText(text)
    case 'str':
      return text
  }
}

export const toJson = (node: Node): JsonValue => {
  if (node.kind === 'scalar') return scalarValue(node)
  if (node.kind === 'list') return node.items.map(toJson)
  const value: Record<string, JsonValue> = {}
  for (const [key, item] of node.fields) setKey(value, key, toJson(item))
  return value
}

export const fromJson = (value: JsonValue | undefined): Node => {
  if (value === null || value === undefined) return { kind: 'scalar', text: 'null', tag: 'null' }
  switch (typeof value) {
    case 'string':
      return textNode(value)
    case 'boolean':
      return { kind: 'scalar', text: String(value), tag: 'bool' }
    case 'number':
      return {
        kind: 'scalar',
        text: String(value),
        tag: Number.isInteger(value) ? 'int' : 'float',
      }
    default:
  }
  if (Array.isArray(value)) return listNode((value as readonly JsonValue[]).map(fromJson))
  const map = value as JsonObject
  return mapNode(Object.keys(map).map((key) => [key, fromJson(map[key])] as const))
}

/** As JSON for printing: integers have all their digits. */
export const toPrintable = (node: Node): unknown => {
  if (node.kind === 'scalar') return node.tag === 'int' ? integerOf(node.text) : scalarValue(node)
  if (node.kind === 'list') return node.items.map(toPrintable)
  const value: Record<string, unknown> = {}
  for (const [key, item] of node.fields) setKey(value, key, toPrintable(item))
  return value
}
