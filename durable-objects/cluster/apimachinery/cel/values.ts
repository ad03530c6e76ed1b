// What expressions are about: integers are bigints, doubles numbers, the rest as it looks.
import { quote } from '#apimachinery/field-error.ts'
import { goFloat } from '#apimachinery/patch/go-format.ts'

/** What went wrong while an expression was evaluated, in cel-go's words. */
export class CelError extends Error {}

export class Uint {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** Nanoseconds. */
export class Duration {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** Nanoseconds since the epoch. */
export class Timestamp {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class Optional {
  readonly value: Cel | undefined

  constructor(value: Cel | undefined) {
    this.value = value
  }
}

/** A map, or an object of a schema. */
export interface CelMap {
  readonly kind: 'map'
  /** An object's fields are declared, a map's keys are not. */
  readonly isObject: boolean
  get(key: Cel): Cel | undefined
  keys(): readonly Cel[]
}

/** A value of a library: a quantity, an address. */
export interface Opaque {
  readonly kind: 'opaque'
  readonly type: string
  readonly value: unknown
  readonly text: string
}

export type Cel =
  | bigint
  | number
  | string
  | boolean
  | null
  | Uint
  | Duration
  | Timestamp
  | Optional
  | CelMap
  | Opaque
  | readonly Cel[]

export const isList = (value: Cel | undefined): value is readonly Cel[] => Array.isArray(value)

export const isMap = (value: Cel | undefined): value is CelMap =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map'

export const isOpaque = (value: Cel | undefined): value is Opaque =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'opaque'

export const mapOf = (entries: readonly (readonly [Cel, Cel])[]): CelMap => {
  const values = new Map(entries.map((entry) => [keyText(entry[0]), entry] as const))
  return {
    kind: 'map',
    isObject: false,
    get: (key) => values.get(keyText(key))?.[1],
    keys: () => [...values.values()].map(([key]) => key),
  }
}

const keyText = (key: Cel): string =>
  typeof key === 'string'
    ? `s${key}`
    : key instanceof Uint
      ? `i${key.value}`
      : `${key === true || key === false ? 'b' : 'i'}${String(key)}`

/** What reading a value costs: a step for each of its parts, for ten letters of a text. */
export const weightOf = (value: Cel): number => {
  if (typeof value === 'string') return Math.ceil(value.length / 10)
  if (isList(value)) return value.reduce<number>((sum, item) => sum + 1 + weightOf(item), 0)
  return isMap(value) && !value.isObject ? value.keys().length : 0
}

export const typeName = (value: Cel): string => {
  if (value === null) return 'null_type'
  if (isList(value)) return 'list'
  if (isMap(value)) return value.isObject ? 'object' : 'map'
  if (isOpaque(value)) return value.type
  if (value instanceof Uint) return 'uint'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Optional) return 'optional_type'
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'boolean':
      return 'bool'
    default:
      return 'string'
  }
}

const numeric = (value: Cel): bigint | number | undefined => {
  if (value instanceof Uint) return value.value
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined
}

export const isEqual = (a: Cel, b: Cel): boolean => {
  if (a === b) return true
  const [x, y] = [numeric(a), numeric(b)]
  // numbers of different types are compared by what they are
  // oxlint-disable-next-line eqeqeq
  if (x !== undefined && y !== undefined) return x == y
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]!))
  if (isMap(a) && isMap(b)) {
    const keys = a.keys()
    return (
      keys.length === b.keys().length &&
      keys.every((key) => {
        const other = b.get(key)
        return other !== undefined && isEqual(a.get(key)!, other)
      })
    )
  }
  if (a instanceof Duration && b instanceof Duration) return a.nanos === b.nanos
  if (a instanceof Timestamp && b instanceof Timestamp) return a.nanos === b.nanos
  if (a instanceof Optional && b instanceof Optional)
    return a.value === undefined || b.value === undefined
      ? a.value === b.value
      : isEqual(a.value, b.value)
  if (isOpaque(a) && isOpaque(b)) return a.type === b.type && a.text === b.text
  return false
}

/** Less than zero, zero or more; undefined if the two have no order. */
export const compare = (a: Cel, b: Cel): number | undefined => {
  const [x, y] = [ordered(a), ordered(b)]
  if (x === undefined || y === undefined || x.kind !== y.kind) return undefined
  return x.value < y.value ? -1 : x.value > y.value ? 1 : 0
}

const ordered = (
  value: Cel,
): { readonly kind: string; readonly value: bigint | number | string } | undefined => {
  const number = numeric(value)
  if (number !== undefined) return { kind: 'number', value: number }
  if (typeof value === 'string') return { kind: 'string', value }
  if (typeof value === 'boolean') return { kind: 'bool', value: Number(value) }
  if (value instanceof Duration) return { kind: 'duration', value: value.nanos }
  if (value instanceof Timestamp) return { kind: 'timestamp', value: value.nanos }
  return undefined
}

/** The value as `%s` of format() and join() write it. */
export const textOfCel = (value: Cel): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return goFloat(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Duration) return `${Number(value.nanos) / 1e9}s`
  if (isOpaque(value)) return value.text
  if (isList(value)) return `[${value.map(quotedText).join(', ')}]`
  if (isMap(value))
    return `{${value
      .keys()
      .map((key) => `${quotedText(key)}: ${quotedText(value.get(key)!)}`)
      .sort()
      .join(', ')}}`
  return String(value)
}

const quotedText = (value: Cel): string =>
  typeof value === 'string' ? quote(value) : textOfCel(value)
