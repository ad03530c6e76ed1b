// kubernetes: apiextensions pkg/apiserver/schema/listtype/validation.go
import { append } from '#apimachinery/append.ts'
import { at, child, duplicateValue, type FieldError } from '#apimachinery/field-error.ts'
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { additionalOf, itemsOf, type JsonSchema } from '#apimachinery/structural/json-schema.ts'

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What names an item of a list of type map. */
const keysOf = (schema: JsonSchema, item: JsonValue): JsonObject | undefined => {
  if (!isMap(item)) return undefined
  const names = schema['x-kubernetes-list-map-keys'] ?? []
  const keys: Record<string, JsonValue> = {}
  for (const name of [...names].sort()) {
    const value = own(item, name) ?? own(itemsOf(schema)?.properties, name)?.default
    if (value !== undefined) keys[name] = value
  }
  return keys
}

/** The item of an older list that is this one, if it can be told. */
export const correlatedItem = (
  schema: JsonSchema,
  old: JsonValue | undefined,
  item: JsonValue,
): JsonValue | undefined => {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return undefined
  const keys = keysOf(schema, item)
  if (keys === undefined) return undefined
  const found = (old as readonly JsonValue[]).filter((one) => equal(keysOf(schema, one), keys))
  return found.length === 1 ? found[0] : undefined
}

/** Lists of type set hold each item, lists of type map each name only once. */
export const validateListTypes = (
  value: JsonValue | undefined,
  schema: JsonSchema,
  path: string,
): readonly FieldError[] => {
  if (Array.isArray(value)) return validateList(value as readonly JsonValue[], schema, path)
  if (!isMap(value)) return []
  const additional = additionalOf(schema)
  return Object.keys(value).flatMap((key) => {
    const property = own(schema.properties, key)
    if (property !== undefined) return validateListTypes(value[key], property, child(path, key))
    return additional === undefined ? [] : validateListTypes(value[key], additional, at(path, key))
  })
}

const validateList = (
  list: readonly JsonValue[],
  schema: JsonSchema,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const type = schema['x-kubernetes-list-type']
  if (type === 'set' || type === 'map') {
    const seen = new Map<string, number>()
    for (const [index, item] of list.entries()) {
      const name = type === 'set' ? item : keysOf(schema, item)
      if (name === undefined) continue
      const text = JSON.stringify(name)
      const times = (seen.get(text) ?? 0) + 1
      seen.set(text, times)
      // each is told of once
      if (times === 2) errors.push(duplicateValue(at(path, index), name))
    }
  }
  const items = itemsOf(schema)
  if (items !== undefined)
    for (const [index, item] of list.entries())
      append(errors, validateListTypes(item, items, at(path, index)))
  return errors
}
