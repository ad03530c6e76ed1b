import { quote } from '#apimachinery/field-error.ts'
import { setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'

// kubernetes: apiextensions pkg/apiserver/schema/pruning/algorithm.go PruneWithOptions

export interface Pruned {
  readonly object: JsonObject
  /** `unknown field "spec.weight"`, in the order of the document. */
  readonly unknownFields: readonly string[]
}

/**
 * A custom object without the fields that its schema does not know. Nothing else is changed: types are
 * left to validation, zero values stay. Returns the object itself if all its fields are known.
 */
export const pruneUnknown = (object: JsonObject, schema: Schema): Pruned => {
  const unknownFields: string[] = []
  return { object: prune(object, schema, '', unknownFields) as JsonObject, unknownFields }
}

const prune = (value: JsonValue, schema: Schema, path: string, unknown: string[]): JsonValue => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return pruneList(value as readonly JsonValue[], schema, path, unknown)
  return pruneObject(value as JsonObject, schema, path, unknown)
}

const pruneList = (
  list: readonly JsonValue[],
  schema: Schema,
  path: string,
  unknown: string[],
): JsonValue => {
  const items = schema.kind === 'list' ? schema.items : undefined
  if (items === undefined) return list
  const pruned = list.map((item, index) => prune(item, items, `${path}[${index}]`, unknown))
  return pruned.every((item, index) => item === list[index]) ? list : pruned
}

const pruneObject = (
  object: JsonObject,
  schema: Schema,
  path: string,
  unknown: string[],
): JsonValue => {
  if (schema.kind !== 'object' && schema.kind !== 'map') return object
  const copy: Record<string, JsonValue> = {}
  let same = true
  for (const key of Object.keys(object)) {
    const value = object[key]!
    const at = path === '' ? key : `${path}.${key}`
    const inner = schema.kind === 'map' ? schema.items : schema.fields?.get(key)?.schema
    if (inner === undefined && schema.preserveUnknown !== true) {
      unknown.push(`unknown field ${quote(at)}`)
      same = false
      continue
    }
    const pruned = inner === undefined ? value : prune(value, inner, at, unknown)
    if (pruned !== value) same = false
    setKey(copy, key, pruned)
  }
  return same ? object : copy
}
