import { assign, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const namesOf = (path: string): readonly string[] => path.replace(/^\./, '').split('.')

/** What stands at `.spec.replicas`; undefined if nothing does. */
export const valueAt = (object: JsonObject, path: string): JsonValue | undefined => {
  let value: JsonValue | undefined = object
  for (const name of namesOf(path)) {
    if (!isMap(value)) return undefined
    value = own(value, name)
  }
  return value
}

/** The object with a value at `.spec.replicas`; maps on the way are made. */
export const withValueAt = (object: JsonObject, path: string, value: JsonValue): JsonObject =>
  placed(object, namesOf(path), value)

const placed = (object: JsonObject, names: readonly string[], value: JsonValue): JsonObject => {
  const [name = '', ...rest] = names
  if (rest.length === 0) return assign<JsonObject>(object, { [name]: value })
  const inner = own(object, name)
  return assign<JsonObject>(object, { [name]: placed(isMap(inner) ? inner : {}, rest, value) })
}
