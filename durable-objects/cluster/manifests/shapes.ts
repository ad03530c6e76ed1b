import type { JsonObject, JsonValue } from '#apimachinery/object.ts'

// Manifests come from outside: nothing in them has to be what its name says.

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object; an empty one if it is none. */
export const objectOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})

/** The objects of a list. */
export const objectsOf = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : []

/** The value as a text; an empty one if it is none. */
export const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : ''

/** What an object's own key holds. */
export const at = (object: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** The same along a path of keys; nothing where there is no object. */
export const within = (object: JsonObject, ...path: readonly string[]): JsonValue | undefined => {
  let value: JsonValue | undefined = object
  for (const key of path) value = isObject(value) ? at(value, key) : undefined
  return value
}

/** A copy without some keys. */
export const omit = (object: JsonObject, ...keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))

/** A copy in which the object at a path is another; itself if there is no object. */
export const changeAt = (
  object: JsonObject,
  path: readonly string[],
  change: (found: JsonObject) => JsonObject,
): JsonObject => {
  const [key, ...rest] = path
  if (key === undefined) return change(object)
  const inner = at(object, key)
  if (!isObject(inner)) return object
  const changed = changeAt(inner, rest, change)
  return changed === inner ? object : { ...object, [key]: changed }
}

/** A copy in which every object of the list at a key is another. */
export const changeEach = (
  object: JsonObject,
  key: string,
  change: (item: JsonObject, index: number) => JsonObject,
): JsonObject => {
  const list = at(object, key)
  if (!Array.isArray(list)) return object
  const items = (list as readonly JsonValue[]).map((item, index) =>
    isObject(item) ? change(item, index) : item,
  )
  return items.every((item, index) => item === list[index]) ? object : { ...object, [key]: items }
}
