import { equal, own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'

type Draft = Record<string, JsonValue | undefined>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldSchema = (schema: Schema | undefined, key: string): Schema | undefined =>
  schema?.fields?.get(key)?.schema ?? (schema?.kind === 'map' ? schema.items : undefined)

/**
 * The strategic merge patch that `kubectl apply` sends: takes away what was applied before and is no longer there, sets what differs from
 * the live object, and leaves alone what others set. Undefined if nothing differs.
 * kubernetes: apimachinery pkg/util/strategicpatch/patch.go CreateThreeWayMergePatch
 */
export const threeWayPatch = (
  last: JsonObject | undefined,
  next: JsonObject,
  live: JsonObject,
  schema: Schema | undefined,
): JsonObject | undefined => {
  const patch: Draft = {}
  for (const key of Object.keys(last ?? {}))
    if (!Object.hasOwn(next, key) && own(live, key) !== undefined) setKey(patch, key, null)
  for (const key of Object.keys(next)) {
    const change = changeOf(own(last, key), next[key]!, own(live, key), fieldSchema(schema, key))
    if (change !== undefined) setKey(patch, key, change)
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

const changeOf = (
  last: JsonValue | undefined,
  next: JsonValue,
  live: JsonValue | undefined,
  schema: Schema | undefined,
): JsonValue | undefined => {
  if (isObject(next) && isObject(live))
    return threeWayPatch(isObject(last) ? last : undefined, next, live, schema)
  const mergeKey =
    schema?.patchStrategy?.includes('merge') === true ? schema.patchMergeKey : undefined
  if (Array.isArray(next) && Array.isArray(live) && mergeKey !== undefined) {
    return listChange(Array.isArray(last) ? last : [], next, live, mergeKey, schema?.items)
  }
  return equal(next, live) ? undefined : next
}

/** Lists whose items have a key are merged item by item. */
const listChange = (
  last: readonly JsonValue[],
  next: readonly JsonValue[],
  live: readonly JsonValue[],
  mergeKey: string,
  schema: Schema | undefined,
): JsonValue | undefined => {
  const byKey = (list: readonly JsonValue[]) =>
    new Map(
      list.filter(isObject).map((item) => [JSON.stringify(own(item, mergeKey)), item] as const),
    )
  const [before, wanted, present] = [byKey(last), byKey(next), byKey(live)]
  const changes: JsonValue[] = []
  for (const [key, item] of wanted) {
    const current = present.get(key)
    const change =
      current === undefined ? item : threeWayPatch(before.get(key), item, current, schema)
    if (change !== undefined) changes.push({ ...change, [mergeKey]: own(item, mergeKey)! })
  }
  for (const [key, item] of before) {
    if (!wanted.has(key) && present.has(key))
      changes.push({ $patch: 'delete', [mergeKey]: own(item, mergeKey)! })
  }
  return changes.length === 0 ? undefined : changes
}
