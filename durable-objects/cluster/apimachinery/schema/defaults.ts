import {
  assign,
  mapShared,
  own,
  setKey,
  type JsonObject,
  type JsonValue,
} from '#apimachinery/object.ts'
import type { Field, Schema } from '#apimachinery/schema.ts'

// kubernetes: apiextensions pkg/apiserver/schema/defaulting/algorithm.go Default

/**
 * `object` with the schema's defaults where a field is absent; itself if none was. For kinds without
 * hand-written defaults. An absent object is not made for the sake of the defaults inside it.
 */
export const applySchemaDefaults = <T extends object>(object: T, schema: Schema): T =>
  withDefaults(object as unknown as JsonValue, schema) as unknown as T

const withDefaults = (value: JsonValue, schema: Schema): JsonValue => {
  if (typeof value !== 'object' || value === null || !hasDefaults(schema)) return value
  if (Array.isArray(value)) {
    const items = schema.items
    return schema.kind === 'list' && items !== undefined
      ? mapShared(value as readonly JsonValue[], (item) => withDefaults(item, items))
      : value
  }
  if (schema.kind === 'map') return defaultEntries(value as JsonObject, schema.items!)
  return schema.kind === 'object' ? defaultFields(value as JsonObject, schema) : value
}

const defaultFields = (value: JsonObject, schema: Schema): JsonObject => {
  const changes: Record<string, JsonValue> = {}
  for (const field of schema.fields!.values()) {
    const before = own(value, field.name)
    const after =
      before === undefined
        ? (field.default as JsonValue | undefined)
        : withDefaults(before, field.schema)
    if (after === undefined) continue
    const complete = before === undefined ? withDefaults(after, field.schema) : after
    if (complete !== before) setKey(changes, field.name, complete)
  }
  return assign(value, changes)
}

const defaultEntries = (value: JsonObject, items: Schema): JsonObject => {
  const changes: Record<string, JsonValue> = {}
  for (const key of Object.keys(value)) {
    const before = value[key]!
    const after = withDefaults(before, items)
    if (after !== before) setKey(changes, key, after)
  }
  return assign(value, changes)
}

const known = new WeakMap<Schema, boolean>()

/** Whether there is a default anywhere below; most of the API has none. */
const hasDefaults = (schema: Schema): boolean => {
  const answer = known.get(schema)
  if (answer !== undefined) return answer
  // A definition that holds itself adds nothing to the answer.
  known.set(schema, false)
  const found = holdsDefault(schema)
  if (found) known.set(schema, true)
  else known.delete(schema)
  return found
}

const holdsDefault = (schema: Schema): boolean => {
  if (schema.items !== undefined && hasDefaults(schema.items)) return true
  const fields: readonly Field[] = [...(schema.fields?.values() ?? [])]
  return fields.some((field) => field.default !== undefined || hasDefaults(field.schema))
}
