// JSON as its schema lets expressions see it. kubernetes: apiserver pkg/cel/common/values.go, pkg/cel/escaping.go
import { CelError, type Cel, type CelMap } from '#apimachinery/cel/values.ts'
import { durationOf, timestampOf } from '#apimachinery/cel/time-values.ts'
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import {
  additionalOf,
  isEmbedded,
  itemsOf,
  preservesUnknown,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'

const ESCAPED: readonly (readonly [string, string])[] = [
  ['__underscores__', '__'],
  ['__dot__', '.'],
  ['__dash__', '-'],
  ['__slash__', '/'],
]

const RESERVED =
  /^__(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)__$/

/** The name of the field that an expression calls so. */
export const unescapeName = (name: string): string => {
  const reserved = RESERVED.exec(name)
  if (reserved !== null) return reserved[1]!
  return ESCAPED.reduce((text, [from, to]) => text.replaceAll(from, to), name)
}

const META: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
}

const STRING: JsonSchema = { type: 'string' }

/** The schema of a field; undefined if there is none that an expression may ask for. */
export const fieldSchema = (
  schema: JsonSchema,
  name: string,
  isResource: boolean,
): JsonSchema | undefined => {
  if (isResource || isEmbedded(schema)) {
    if (name === 'metadata') return META
    if (name === 'kind' || name === 'apiVersion') return STRING
  }
  return own(schema.properties, name)
}

const objectOf = (value: JsonObject, schema: JsonSchema, isResource: boolean): CelMap => {
  const additional = additionalOf(schema)
  if (additional !== undefined && schema.properties === undefined)
    return {
      kind: 'map',
      isObject: false,
      get: (key) => {
        const found = typeof key === 'string' ? own(value, key) : undefined
        return found === undefined ? undefined : celValue(found, additional)
      },
      keys: () => Object.keys(value),
    }
  return {
    kind: 'map',
    isObject: true,
    get: (key) => {
      if (typeof key !== 'string') return undefined
      const name = unescapeName(key)
      const field = fieldSchema(schema, name, isResource)
      const found = own(value, name)
      return found === undefined ? undefined : celValue(found, field ?? {})
    },
    keys: () => Object.keys(value),
  }
}

const plain = (value: JsonValue): Cel => {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plain)
  return objectOf(value as JsonObject, { additionalProperties: {} }, false)
}

/** Texts that stand for times are times; what is none stays a text. */
const textOf = (value: string, format: string | undefined): Cel => {
  try {
    if (format === 'duration') return durationOf(value)
    if (format === 'date-time' || format === 'datetime') return timestampOf(value)
    if (format === 'date') return timestampOf(`${value}T00:00:00Z`)
  } catch (error) {
    if (!(error instanceof CelError)) throw error
  }
  return value
}

export const celValue = (value: JsonValue, schema: JsonSchema, isResource = false): Cel => {
  if (value === null) return null
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    const list = value as readonly JsonValue[]
    return items === undefined ? list.map(plain) : list.map((item) => celValue(item, items))
  }
  switch (typeof value) {
    case 'object':
      return schema.type === 'object' || isResource || !preservesUnknown(schema)
        ? objectOf(value as JsonObject, schema, isResource)
        : plain(value)
    case 'number':
      return schema.type === 'number' ? value : plain(value)
    case 'string':
      return textOf(value, schema.format)
    default:
      return plain(value)
  }
}
