// Whether two objects come to the same sets when they are created: they differ in values only.
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { isList, isMap, itemSchemaOf, listKeysOf, schemaAt, shapeOf } from './typed.ts'

type Value = JsonValue | undefined

// What Go's zero values look like: a field that holds one may count as unset.
const ZEROS: ReadonlySet<unknown> = new Set(['', 0, false, '0'])

/** True only if every part of `a` is owned as that of `b` is. The same keys in another order are not looked at twice. */
export const isSameShape = (a: Value, b: Value, schema: Schema): boolean => {
  if (a === b) return true
  if (typeof a !== typeof b || a === undefined || b === undefined || a === null || b === null)
    return false
  if (isMap(a)) return isMap(b) && areSameMaps(a, b, schema)
  if (isList(a)) return isList(b) && areSameLists(a, b, schema)
  return !ZEROS.has(a) && !ZEROS.has(b)
}

const areSameMaps = (a: JsonObject, b: JsonObject, schema: Schema): boolean => {
  const keys = Object.keys(a)
  const others = Object.keys(b)
  if (keys.length !== others.length) return false
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    if (key !== others[index] || !isSameShape(a[key], b[key], schemaAt(schema, key))) return false
  }
  return true
}

const areSameLists = (
  a: readonly JsonValue[],
  b: readonly JsonValue[],
  schema: Schema,
): boolean => {
  if (a.length !== b.length) return false
  if (shapeOf(schema, a) === 'leaf') return true
  const names = listKeysOf(schema)
  const items = itemSchemaOf(schema)
  return a.every((item, index) => isSameItem(item, b[index]!, names, items))
}

const isSameItem = (
  a: JsonValue,
  b: JsonValue,
  names: readonly string[],
  schema: Schema,
): boolean => {
  if (names.length === 0 || !isMap(a) || !isMap(b)) return equal(a, b)
  return names.every((name) => equal(own(a, name), own(b, name))) && isSameShape(a, b, schema)
}
