// What stands in a strategic merge patch beside values.
import { setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { goTypeName, goValue } from './go-format.ts'
import { isObject } from './merge-patch.ts'
import { plainError } from './patch-error.ts'

export const DIRECTIVE = '$patch'
export const RETAIN_KEYS = '$retainKeys'
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList'
export const SET_ELEMENT_ORDER = '$setElementOrder'

export const badArgument = (expected: string, actual: unknown): Error =>
  plainError(`expected a ${expected}, but received a ${goTypeName(actual)}`)

export const unknownPatchType = (type: unknown, map: JsonObject): Error => {
  const text = typeof type === 'string' ? type : `%!s(${goTypeName(type)}=${goValue(type)})`
  return plainError(`unknown patch type: ${text} in map: ${goValue(map)}`)
}

/** What is new must not bring nulls with it: they mean deletion. */
export const withoutNulls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const pruned: Record<string, JsonValue> = {}
  for (const [key, item] of Object.entries(value))
    if (item !== null && item !== undefined) setKey(pruned, key, withoutNulls(item))
  return pruned
}

/** Directives have nothing to act on in what is new; a map that holds one goes. kubernetes: strategicpatch removeDirectives */
export const withoutDirectives = (value: JsonValue): JsonValue | undefined => {
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[]
    return items.map(withoutDirectives).filter((item) => item !== undefined)
  }
  if (!isObject(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  const kept: Record<string, JsonValue> = {}
  for (const [key, item] of Object.entries(value)) {
    const cleaned = withoutDirectives(item ?? null)
    if (cleaned !== undefined) setKey(kept, key, cleaned)
  }
  return kept
}
