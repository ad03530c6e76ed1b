import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  RETAIN_KEYS,
  SET_ELEMENT_ORDER,
} from '#apimachinery/patch/directives.ts'
import { equal, own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'

type Draft = Record<string, JsonValue | undefined>
type List = readonly JsonValue[]

/** One field in the three objects that are compared. */
interface Field {
  readonly last: JsonValue | undefined
  readonly next: JsonValue
  readonly live: JsonValue | undefined
  readonly schema: Schema | undefined
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isList = (value: JsonValue | undefined): value is List => Array.isArray(value)

const fieldSchema = (schema: Schema | undefined, key: string): Schema | undefined =>
  schema?.fields?.get(key)?.schema ?? (schema?.kind === 'map' ? schema.items : undefined)

const has = (schema: Schema | undefined, strategy: string): boolean =>
  schema?.patchStrategy?.includes(strategy) === true

/**
 * The strategic merge patch that `kubectl apply` sends: takes away what was applied before and is no longer there, sets what differs from
 * the live object, and leaves alone what others set. Without a schema it is a JSON merge patch. Undefined if nothing differs.
 * kubernetes: apimachinery pkg/util/strategicpatch/patch.go CreateThreeWayMergePatch
 */
export const threeWayPatch = (
  last: JsonObject | undefined,
  next: JsonObject,
  live: JsonObject,
  schema: Schema | undefined,
  retainsKeys = false,
): JsonObject | undefined => {
  const patch: Draft = {}
  for (const key of Object.keys(last ?? {})) if (!Object.hasOwn(next, key)) setKey(patch, key, null)
  for (const key of Object.keys(next)) {
    const field = {
      last: own(last, key),
      next: next[key]!,
      live: own(live, key),
      schema: fieldSchema(schema, key),
    }
    if (isList(field.next) && isList(field.live) && has(field.schema, 'merge'))
      patchList(patch, key, field, field.next, field.live)
    else {
      const change = changeOf(field)
      if (change !== undefined) setKey(patch, key, change)
    }
  }
  if (Object.keys(patch).length === 0) return undefined
  if (retainsKeys) setKey(patch, RETAIN_KEYS, Object.keys(next).sort())
  return patch
}

const changeOf = ({ last, next, live, schema }: Field): JsonValue | undefined => {
  if (isObject(next) && isObject(live)) {
    const before = isObject(last) ? last : undefined
    return threeWayPatch(before, next, live, schema, has(schema, 'retainKeys'))
  }
  return equal(next, live) ? undefined : next
}

/** What a list that is merged needs: its changes, and in which order its items are to stand. */
const patchList = (patch: Draft, key: string, field: Field, next: List, live: List): void => {
  const last = isList(field.last) ? field.last : undefined
  const mergeKey = field.schema?.patchMergeKey
  const idOf = (item: JsonValue): JsonValue =>
    mergeKey !== undefined && isObject(item) ? (own(item, mergeKey) ?? null) : item
  const gone = (last ?? []).filter((item) => !next.some((kept) => equal(idOf(kept), idOf(item))))
  const changes: JsonValue[] =
    mergeKey === undefined
      ? next.filter((item) => !live.includes(item))
      : [
          ...itemChanges(last ?? [], next, live, mergeKey, field.schema),
          ...gone.map((item) => ({ [DIRECTIVE]: 'delete', [mergeKey]: idOf(item) })),
        ]
  const ids = next.map(idOf)
  const isInOrder = (list: List | undefined): boolean =>
    list === undefined || equal(ids, list.map(idOf))
  if (changes.length === 0 && gone.length === 0 && isInOrder(live) && isInOrder(last)) return
  if (changes.length > 0) setKey(patch, key, changes)
  if (mergeKey === undefined && gone.length > 0) patch[`${DELETE_FROM_LIST}/${key}`] = gone
  if (ids.length > 0)
    patch[`${SET_ELEMENT_ORDER}/${key}`] =
      mergeKey === undefined ? ids : ids.map((id) => ({ [mergeKey]: id }))
}

/** The items that are new or differ, in the order of the manifest. */
const itemChanges = (
  last: List,
  next: List,
  live: List,
  mergeKey: string,
  schema: Schema | undefined,
): readonly JsonValue[] => {
  const byKey = (list: List) =>
    new Map(
      list.filter(isObject).map((item) => [JSON.stringify(own(item, mergeKey)), item] as const),
    )
  const [before, present] = [byKey(last), byKey(live)]
  const changes: JsonValue[] = []
  for (const [key, item] of byKey(next)) {
    const current = present.get(key)
    const change =
      current === undefined
        ? item
        : threeWayPatch(before.get(key), item, current, schema?.items, has(schema, 'retainKeys'))
    if (change !== undefined) changes.push({ ...change, [mergeKey]: own(item, mergeKey)! })
  }
  return changes
}
