// Merging an applied configuration into the live object. kubernetes: structured-merge-diff typed/merge.go
import { equal, own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { isList, isMap, itemElement, itemSchemaOf, schemaAt, shapeOf } from './typed.ts'

/**
 * The live object with everything that the configuration says. Nothing goes by this. Shares with `live`
 * what stays as it is; returns `live` itself if nothing changes.
 */
export const merge = (live: JsonObject, applied: JsonObject, schema: Schema): JsonObject =>
  mergeMaps(live, applied, schema)

const mergeValues = (
  live: JsonValue | undefined,
  applied: JsonValue | undefined,
  schema: Schema,
): JsonValue | undefined => {
  if (applied === undefined || live === undefined) return applied ?? live
  const shape = shapeOf(schema, applied)
  if (shape !== shapeOf(schema, live)) return applied
  if (shape === 'map' && (hasKeys(live) || hasKeys(applied)))
    return mergeMaps(isMap(live) ? live : {}, isMap(applied) ? applied : {}, schema, live)
  if (shape === 'list' && (hasItems(live) || hasItems(applied)))
    return mergeLists(isList(live) ? live : [], isList(applied) ? applied : [], schema, live)
  return equal(live, applied) ? live : applied
}

const hasKeys = (value: JsonValue): boolean => isMap(value) && Object.keys(value).length > 0
const hasItems = (value: JsonValue): boolean => isList(value) && value.length > 0

const mergeMaps = (
  live: JsonObject,
  applied: JsonObject,
  schema: Schema,
  original: JsonValue = live,
): JsonObject => {
  let copy: Record<string, JsonValue | undefined> | undefined
  for (const key of Object.keys(applied)) {
    const value = applied[key]
    const before = own(live, key)
    if (value === undefined) continue
    const after = mergeValues(before, value, schemaAt(schema, key))
    if (after !== before) setKey((copy ??= { ...live }), key, after)
  }
  return copy ?? (isMap(original) ? original : live)
}

/** Items in order, with the one that each name means. */
interface Index {
  readonly names: readonly string[]
  readonly items: ReadonlyMap<string, JsonValue>
}

/** Live items that share their name are not merged with what is applied: they are replaced by it. */
const indexOf = (list: readonly JsonValue[], schema: Schema): Index => {
  const names = list.map((item) => itemElement(schema, item).text)
  const items = new Map<string, JsonValue>()
  for (const [index, name] of names.entries())
    items.set(name, items.has(name) ? null : list[index]!)
  return { names, items }
}

/**
 * Keeps the live order of live items, the applied order of applied ones, and lets a live item stay between
 * the shared items around it.
 */
const mergeLists = (
  liveList: readonly JsonValue[],
  appliedList: readonly JsonValue[],
  schema: Schema,
  original: JsonValue,
): JsonValue => {
  const live = indexOf(liveList, schema)
  const applied = indexOf(appliedList, schema)
  const shared = applied.names.filter((name) => live.items.has(name))
  const merged = new Set<string>()
  const out: JsonValue[] = []
  const push = (before: JsonValue | undefined, after: JsonValue | undefined): void => {
    const item = mergeValues(before, after, itemSchemaOf(schema))
    if (item !== undefined) out.push(item)
  }
  let [l, r, nextShared] = [0, 0, 0]
  while (l < live.names.length || r < applied.names.length) {
    const left = live.names[l]
    const right = applied.names[r]
    if (left !== undefined && left === right) {
      merged.add(left)
      push(live.items.get(left), applied.items.get(left))
      l++
      r++
      nextShared++
      continue
    }
    const wanted = shared[nextShared]
    if (left !== undefined && right !== undefined) {
      // A shared item, but another one comes first.
      if (applied.items.has(left) && wanted !== undefined && wanted !== left) {
        l++
        continue
      }
    }
    if (left !== undefined) {
      if (!applied.items.has(left)) {
        push(liveList[l], undefined)
        l++
        continue
      }
      if (merged.has(left)) l++
    }
    if (right !== undefined) {
      merged.add(right)
      push(live.items.get(right), applied.items.get(right))
      r++
      if (wanted === right) nextShared++
    }
  }
  const isSame = out.length === liveList.length && out.every((item, i) => item === liveList[i])
  return isSame ? original : out
}
