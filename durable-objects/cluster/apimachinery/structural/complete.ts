// Pruning, removal of nulls and defaulting by a structural schema.
// kubernetes: apiextensions pkg/apiserver/schema/pruning/algorithm.go, defaulting/algorithm.go, defaulting/prunenulls.go
import { quote } from '#apimachinery/field-error.ts'
import { mapShared, own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  preservesUnknown,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

const RESOURCE_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/** Drops from metadata what no object has, and says where. */
export type PruneMetadata = (metadata: JsonValue, path: string, unknown: string[]) => JsonValue

/**
 * What no schema describes goes. Returns the value itself if nothing does. `unknown` collects the paths of what goes. The metadata of
 * embedded resources is left to `metadata`; that of the object itself is not looked at.
 */
export const prune = <T extends JsonValue>(
  value: T,
  schema: JsonSchema,
  isResourceRoot: boolean,
  unknown: string[] = [],
  metadata: PruneMetadata = (given) => given,
): T => pruned(value, schema, isResourceRoot, '', { unknown, metadata }) as T

interface Pruning {
  readonly unknown: string[]
  readonly metadata: PruneMetadata
}

const pruned = (
  value: JsonValue,
  schema: JsonSchema | undefined,
  isResource: boolean,
  path: string,
  pruning: Pruning,
): JsonValue => {
  if (isList(value)) {
    const items = schema === undefined ? undefined : itemsOf(schema)
    if (items === undefined && (schema === undefined || preservesUnknown(schema))) return value
    return mapShared(value, (item, index) =>
      pruned(
        item,
        items ?? {},
        items !== undefined && isEmbedded(items),
        `${path}[${index}]`,
        pruning,
      ),
    )
  }
  if (!isObject(value) || schema === undefined) return value
  return prunedObject(value, schema, isResource, path, pruning)
}

/** What is at the root was looked at before. */
const prunedMeta = (key: string, value: JsonValue, path: string, pruning: Pruning): JsonValue =>
  key === 'metadata' && path !== key ? pruning.metadata(value, path, pruning.unknown) : value

const prunedObject = (
  value: JsonObject,
  schema: JsonSchema,
  isResource: boolean,
  path: string,
  pruning: Pruning,
): JsonObject => {
  const additional = additionalOf(schema)
  const isOpen = preservesUnknown(schema) || schema.additionalProperties === true
  const copy: Record<string, JsonValue> = {}
  let same = true
  for (const key of Object.keys(value)) {
    const before = value[key]!
    const property = own(schema.properties, key) ?? additional
    const isMeta = isResource && RESOURCE_FIELDS.has(key)
    if (property === undefined && !isOpen && !isMeta) {
      pruning.unknown.push(`unknown field ${quote(path === '' ? key : `${path}.${key}`)}`)
      same = false
      continue
    }
    const at = path === '' ? key : `${path}.${key}`
    const after = isMeta
      ? prunedMeta(key, before, at, pruning)
      : property === undefined
        ? before
        : pruned(before, property, isEmbedded(property), at, pruning)
    if (after !== before) same = false
    setKey(copy, key, after)
  }
  return same ? value : copy
}

/** The value without the nulls that its fields may not hold, and with the defaults of fields that are absent. */
export const complete = <T extends JsonValue>(value: T, schema: JsonSchema): T =>
  completed(value, schema) as T

const completed = (value: JsonValue, schema: JsonSchema): JsonValue => {
  if (isList(value)) {
    const items = itemsOf(schema)
    return items === undefined ? value : mapShared(value, (item) => completed(item, items))
  }
  return isObject(value) ? completedObject(value, schema) : value
}

const isForbiddenNull = (value: JsonValue, schema: JsonSchema): boolean =>
  value === null &&
  schema.nullable !== true &&
  // what has no type may be anything
  !(schema.type === undefined && preservesUnknown(schema) && !isIntOrString(schema))

const completedObject = (value: JsonObject, schema: JsonSchema): JsonObject => {
  const additional = additionalOf(schema)
  let copy: Record<string, JsonValue> | undefined
  for (const key of Object.keys(value)) {
    const property = own(schema.properties, key) ?? additional
    if (property === undefined) continue
    const before = value[key]!
    if (isForbiddenNull(before, property)) {
      copy ??= { ...value } as Record<string, JsonValue>
      delete copy[key]
      continue
    }
    const after = completed(before, property)
    if (after === before) continue
    copy ??= { ...value } as Record<string, JsonValue>
    setKey(copy, key, after)
  }
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined || Object.hasOwn(copy ?? value, key)) continue
    copy ??= { ...value } as Record<string, JsonValue>
    setKey(copy, key, completed(property.default, property))
  }
  return copy ?? value
}
