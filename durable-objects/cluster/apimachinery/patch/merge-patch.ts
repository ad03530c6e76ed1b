// JSON merge patch (RFC 7386). kubernetes: vendor/gopkg.in/evanphx/json-patch.v4/merge.go
import { own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { badRequest } from '#apimachinery/status-error.ts'
import { cannotUnmarshal } from './patch-error.ts'

/** Reports whether a decoded JSON value is an object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The document after the patch. Shares with `document` what the patch does not change; returns
 * `document` itself if nothing changes.
 */
export const applyMergePatch = (document: JsonObject, patch: unknown): JsonObject => {
  if (patch === null) throw badRequest('Invalid JSON Patch')
  if (!isObject(patch))
    throw badRequest(`error decoding patch: ${cannotUnmarshal(patch, 'map[string]interface {}')}`)
  return mergeObjects(document, patch)
}

const mergeObjects = (document: JsonObject, patch: JsonObject): JsonObject => {
  let copy: Record<string, JsonValue | undefined> | undefined
  for (const key of Object.keys(patch)) {
    const value = patch[key]!
    const current = own(document, key)
    if (value === null) {
      if (Object.hasOwn(document, key)) delete (copy ??= { ...document })[key]
      continue
    }
    const merged = merge(current, value)
    if (merged !== current) setKey((copy ??= { ...document }), key, merged)
  }
  return copy ?? document
}

const merge = (current: JsonValue | undefined, value: JsonValue): JsonValue => {
  if (!isObject(current)) return withoutNulls(value)
  return isObject(value) ? mergeObjects(current, value) : value
}

/** Nulls mean deletion and so never become values, save as elements of a list. */
const withoutNulls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const pruned: Record<string, JsonValue> = {}
  for (const key of Object.keys(value)) {
    const item = value[key]!
    if (item !== null) setKey(pruned, key, withoutNulls(item))
  }
  return pruned
}
