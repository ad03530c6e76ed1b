import { freeze, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Field, Schema, SchemaKind } from '#apimachinery/schema.ts'

const kept = new WeakMap<Schema, readonly Field[]>()
const zeros = new WeakMap<Schema, JsonObject>()

/** The fields that are written even if they were never set, in order. */
export const keptFields = (schema: Schema): readonly Field[] => {
  const known = kept.get(schema)
  if (known !== undefined) return known
  // A nil pointer without `omitempty` would be null; all of these are refused by validation when absent.
  const fields = [...(schema.fields?.values() ?? [])].filter(
    (field) => field.keepZero && !field.pointer,
  )
  kept.set(schema, fields)
  return fields
}

/**
 * What Go writes for a value that was never set. Lists, maps and times are null then: an EndpointSlice
 * without endpoints reads `endpoints: null`.
 */
export const zeroOf = (schema: Schema): JsonValue => {
  switch (schema.kind) {
    case 'object':
      return zeroObject(schema)
    case 'string':
      return ''
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0
    case 'boolean':
      return false
    case 'quantity':
      return '0'
    default:
      return null
  }
}

const zeroObject = (schema: Schema): JsonObject => {
  const known = zeros.get(schema)
  if (known !== undefined) return known
  const zero = freeze(
    Object.fromEntries(keptFields(schema).map((field) => [field.name, zeroOf(field.schema)])),
  )
  zeros.set(schema, zero)
  return zero
}

/** Whether a decoded value is the zero of its type, so that it says no more than its absence. */
export const isZero = (value: JsonValue, kind: SchemaKind): boolean => {
  switch (kind) {
    case 'list':
    case 'map':
      return typeof value === 'object' && value !== null && isEmpty(value)
    case 'object':
    case 'any':
    case 'quantity':
      return false
    default:
      return value === '' || value === 0 || value === false
  }
}

const isEmpty = (value: object): boolean => {
  if (Array.isArray(value)) return value.length === 0
  for (const _ in value) return false
  return true
}
