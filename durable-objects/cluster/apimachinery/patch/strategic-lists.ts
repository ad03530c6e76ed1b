// Lists in strategic merge patches: merging by key and the order of the result.
// kubernetes: apimachinery pkg/util/strategicpatch/patch.go
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { badArgument, unknownPatchType, withoutDirectives, withoutNulls } from './directives.ts'
import { goValue } from './go-format.ts'
import { isObject } from './merge-patch.ts'
import { plainError, unprocessable } from './patch-error.ts'
import type { PatchMetadata } from './patch-metadata.ts'

type List = readonly JsonValue[]
type MergeMaps = (original: JsonObject, patch: JsonObject, schema: Schema | undefined) => JsonObject

export interface ListMerge {
  readonly live: List
  readonly change: List
  readonly metadata: PatchMetadata
  /** How two items with the same key become one. */
  readonly mergeMaps: MergeMaps
  /** The change lists what goes. */
  readonly isDeletion?: boolean
}

const noMergeKey = (map: JsonObject, key: string): Error =>
  plainError(`map: ${goValue(map)} does not contain declared merge key: ${key}`)

/** The list after the patch; `live` itself if nothing changes. kubernetes: strategicpatch mergeSliceHandler, mergeSlice */
export const mergeLists = (merge: ListMerge): List => {
  const { live, change, metadata, isDeletion = false } = merge
  const { schema, strategy, mergeKey } = metadata
  if (strategy !== 'merge') return change
  if (live.length === 0 && change.length === 0) return live
  if (elementKind(live, change) !== 'map') {
    if (isDeletion)
      return keepIfSame(
        live,
        live.filter((item) => !change.includes(item)),
      )
    const merged = [...new Set([...live, ...change])]
    return keepIfSame(live, arrange(merged, change, live, ''))
  }
  if (mergeKey === '')
    throw plainError(
      `cannot merge lists without merge key for type ${schema.items?.kind === 'object' ? 'struct' : 'map'}`,
    )
  const { original, patch } = applyItemDirectives(live, change, mergeKey)
  const merged = mergeItems(original, patch, merge)
  return keepIfSame(live, arrange(merged, patch, original, mergeKey))
}

const keepIfSame = (live: List, result: List): List =>
  live.length === result.length && live.every((item, index) => item === result[index])
    ? live
    : result

/** All elements must be of one type, and that not a list. kubernetes: strategicpatch sliceElementType */
const elementKind = (...lists: readonly List[]): 'map' | 'scalar' => {
  const kindOf = (item: JsonValue): string => (isObject(item) ? 'map' : typeof item)
  let first: string | undefined
  for (const item of lists.flat()) {
    if (first === undefined) {
      if (Array.isArray(item)) throw unprocessable()
      first = kindOf(item)
    } else if (kindOf(item) !== first)
      throw plainError(`list element types are not identical: ${goValue(lists)}`)
  }
  if (first === undefined) throw plainError('no elements in any of the given slices')
  return first === 'map' ? 'map' : 'scalar'
}

/** Takes out the items that hold `$patch`. kubernetes: strategicpatch mergeSliceWithSpecialElements */
const applyItemDirectives = (
  live: List,
  change: List,
  mergeKey: string,
): { readonly original: List; readonly patch: List } => {
  let original = live
  let replaces = false
  const patch: JsonValue[] = []
  for (const item of change as readonly JsonObject[]) {
    const directive = own(item, '$patch')
    if (directive === undefined) patch.push(item)
    else if (directive === 'replace') replaces = true
    else if (directive === 'merge')
      throw plainError('merging lists cannot yet be specified in the patch')
    else if (directive !== 'delete') throw unknownPatchType(directive, item)
    else {
      const key = own(item, mergeKey)
      if (key === undefined) throw noMergeKey(item, mergeKey)
      original = original.filter((other, index) => keyAt(other, index, mergeKey) !== key)
    }
  }
  return replaces ? { original: patch, patch: [] } : { original, patch }
}

const keyAt = (item: JsonValue, index: number, mergeKey: string): JsonValue | undefined => {
  if (!isObject(item)) throw plainError(`value for key ${index} is not a map.`)
  return own(item, mergeKey)
}

/** kubernetes: strategicpatch mergeSliceWithoutSpecialElements */
const mergeItems = (
  original: List,
  patch: List,
  { metadata: { schema, mergeKey }, mergeMaps }: ListMerge,
): List => {
  const merged = [...original]
  for (const item of patch as readonly JsonObject[]) {
    const key = own(item, mergeKey)
    if (key === undefined) throw noMergeKey(item, mergeKey)
    const place = merged.findIndex((other, index) => keyAt(other, index, mergeKey) === key)
    if (place >= 0) merged[place] = mergeMaps(merged[place] as JsonObject, item, schema.items)
    else {
      const added = withoutDirectives(withoutNulls(item))
      if (added !== undefined) merged.push(added)
    }
  }
  return merged
}

interface OrderedList extends Pick<ListMerge, 'metadata' | 'mergeMaps'> {
  readonly live: List | undefined
  readonly change: List | undefined
  readonly order: List
}

/** Merges a list whose order the patch states. Undefined: there is no such list on either side. */
export const orderBySetElementOrder = (list: OrderedList): List | undefined => {
  const { live, change, order, metadata, mergeMaps } = list
  checkOrder(change ?? [], order, metadata.mergeKey)
  if (live === undefined && change === undefined) return undefined
  const merged =
    live === undefined
      ? (withoutDirectives(change!) as List)
      : change === undefined
        ? live
        : mergeLists({ live, change, metadata, mergeMaps })
  elementKind(live ?? [], change ?? [])
  const arranged = arrange(merged, order, live ?? [], metadata.mergeKey)
  return live === undefined ? arranged : keepIfSame(live, arranged)
}

/** The items of the patch must stand in the stated order. kubernetes: strategicpatch validatePatchWithSetOrderList */
const checkOrder = (change: List, order: List, mergeKey: string): void => {
  if (change.length === 0 || order.length === 0) return
  const kept = mergeKey === '' ? change : change.filter((item) => !isDeletion(item))
  let at = 0
  let place = 0
  while (at < kept.length && place < order.length) {
    const item = kept[at]!
    if (isObject(item) && Object.hasOwn(item, '$patch')) {
      at++
      continue
    }
    if (keyOf(item, mergeKey) === keyOf(order[place]!, mergeKey)) at++
    place++
  }
  if (at < kept.length && place >= order.length)
    throw plainError(
      `the order in patch list:\n${goValue(change)}\n doesn't match $setElementOrder list:\n${goValue(order)}`,
    )
}

const isDeletion = (item: JsonValue): boolean => {
  if (!isObject(item)) throw badArgument('map[string]interface {}', item)
  return own(item, '$patch') === 'delete'
}

const keyOf = (item: JsonValue, mergeKey: string): JsonValue => {
  if (mergeKey === '') return item
  if (!isObject(item)) throw badArgument('map[string]interface {}', item)
  const key = own(item, mergeKey)
  if (key === undefined) throw noMergeKey(item, mergeKey)
  return key
}

/**
 * Items that `order` names come in its order, the others keep the order of `live`; the two sequences are
 * interleaved by where their items stood in `live`. kubernetes: strategicpatch normalizeElementOrder
 */
const arrange = (merged: List, order: List, live: List, mergeKey: string): List => {
  const placesInOrder = placesOf(order, mergeKey)
  const placesInLive = placesOf(live, mergeKey)
  const named = merged.filter((item) => placesInOrder.has(keyOf(item, mergeKey)))
  const others = merged.filter((item) => !placesInOrder.has(keyOf(item, mergeKey)))
  const right = sortByPlace(named, placesInOrder, mergeKey)
  const left = sortByPlace(others, placesInLive, mergeKey)
  const result: JsonValue[] = []
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    const l = placesInLive.get(keyOf(left[i]!, mergeKey))
    const r = placesInLive.get(keyOf(right[j]!, mergeKey))
    const isLeftNext = l !== undefined && r !== undefined && l < r
    result.push(isLeftNext ? left[i++]! : right[j++]!)
  }
  return [...result, ...left.slice(i), ...right.slice(j)]
}

const placesOf = (list: List, mergeKey: string): ReadonlyMap<JsonValue, number> => {
  const places = new Map<JsonValue, number>()
  for (const [index, item] of list.entries()) {
    const key = keyOf(item, mergeKey)
    if (!places.has(key)) places.set(key, index)
  }
  return places
}

/** Upstream's insertion sort, in which an item without a place moves before its neighbours. */
const sortByPlace = (
  items: List,
  places: ReadonlyMap<JsonValue, number>,
  mergeKey: string,
): List => {
  const keyed = items.map((item) => ({ item, place: places.get(keyOf(item, mergeKey)) }))
  if (keyed.every(({ place }) => place !== undefined))
    return keyed.sort((a, b) => a.place! - b.place!).map(({ item }) => item)
  for (let i = 1; i < keyed.length; i++)
    for (let j = i; j > 0; j--) {
      const [before, after] = [keyed[j - 1]!, keyed[j]!]
      const moves =
        after.place === undefined || before.place === undefined || after.place < before.place
      if (!moves) break
      keyed[j - 1] = after
      keyed[j] = before
    }
  return keyed.map(({ item }) => item)
}
