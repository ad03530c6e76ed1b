// Strategic merge patch: a merge patch that knows which lists are maps. kubectl's apply, patch, edit and set send it.
// kubernetes: apimachinery pkg/util/strategicpatch/patch.go
import { own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { badRequest } from '#apimachinery/status-error.ts'
import {
  badArgument,
  DELETE_FROM_LIST,
  DIRECTIVE,
  RETAIN_KEYS,
  SET_ELEMENT_ORDER,
  unknownPatchType,
  withoutDirectives,
  withoutNulls,
} from './directives.ts'
import { goTypeName } from './go-format.ts'
import { isObject } from './merge-patch.ts'
import { cannotUnmarshal } from './patch-error.ts'
import { patchMetadata } from './patch-metadata.ts'
import { mergeLists, orderBySetElementOrder } from './strategic-lists.ts'

type MutableObject = Record<string, JsonValue | undefined>

/**
 * The object after the patch. Shares with `original` what the patch does not change; returns `original`
 * itself if nothing changes. Neither is mutated.
 */
export const applyStrategicMergePatch = (
  original: JsonObject,
  patch: unknown,
  schema: Schema,
): JsonObject => {
  if (patch === null) return original
  if (!isObject(patch)) throw badRequest(cannotUnmarshal(patch, 'map[string]interface {}'))
  return mergeMaps(original, patch, schema)
}

/** Merges `patch`, a map of the patch, into `original`. kubernetes: strategicpatch mergeMap */
const mergeMaps = (
  original: JsonObject,
  patch: JsonObject,
  schema: Schema | undefined,
): JsonObject => {
  const directive = own(patch, DIRECTIVE)
  if (directive !== undefined) return replaceMap(directive, patch)
  const result: MutableObject = { ...original }
  const pending = new Map(Object.entries(patch))
  retainKeys(result, pending)
  applyElementOrders(result, pending, schema)
  for (const [name, value] of pending) mergeField(result, name, value ?? null, schema)
  return isShallowEqual(result, original) ? original : result
}

const replaceMap = (directive: JsonValue, patch: JsonObject): JsonObject => {
  if (directive === 'replace') {
    const { [DIRECTIVE]: _, ...rest } = patch
    return rest
  }
  if (directive === 'delete') return {}
  throw unknownPatchType(directive, patch)
}

/** `$retainKeys`: every key that it does not name goes. */
const retainKeys = (result: MutableObject, pending: Map<string, JsonValue | undefined>): void => {
  const retained = pending.get(RETAIN_KEYS)
  if (retained === undefined) return
  pending.delete(RETAIN_KEYS)
  const malformed = badRequest('invalid patch format of retainKeys')
  if (!Array.isArray(retained)) throw malformed
  const keys = new Set<unknown>(retained)
  for (const [name, value] of pending) {
    if (value === null || name.startsWith(DELETE_FROM_LIST) || name.startsWith(SET_ELEMENT_ORDER))
      continue
    if (!keys.has(name)) throw malformed
  }
  for (const name of Object.keys(result)) if (!keys.has(name)) delete result[name]
}

/** Merges the lists that come with a `$setElementOrder`. kubernetes: strategicpatch mergePatchIntoOriginal */
const applyElementOrders = (
  result: MutableObject,
  pending: Map<string, JsonValue | undefined>,
  schema: Schema | undefined,
): void => {
  for (const [directive, order] of pending) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue
    pending.delete(directive)
    if (!Array.isArray(order)) throw badArgument('[]interface {}', order)
    const name = listOf(directive, SET_ELEMENT_ORDER, 'setElementOrder list')
    const live = own(result, name)
    const change = pending.get(name)
    if (live !== undefined && !Array.isArray(live)) throw badArgument('[]interface {}', live)
    if (change !== undefined && !Array.isArray(change)) throw badArgument('[]interface {}', change)
    const metadata = patchMetadata(schema, name)
    const merged = orderBySetElementOrder({ live, change, order, metadata, mergeMaps })
    if (merged === undefined) continue
    setKey(result, name, merged)
    pending.delete(name)
  }
}

const listOf = (key: string, prefix: string, what: string): string => {
  const slash = key.indexOf('/')
  if (slash !== prefix.length) throw badRequest(`invalid patch format of ${what}`)
  return key.slice(slash + 1)
}

const mergeField = (
  result: MutableObject,
  key: string,
  value: JsonValue,
  schema: Schema | undefined,
): void => {
  const isDeletion = key.startsWith(DELETE_FROM_LIST)
  const name = isDeletion ? listOf(key, DELETE_FROM_LIST, 'primitive list') : key
  const current = own(result, name)
  if (value === null) {
    delete result[name]
    return
  }
  if (current === undefined || !isSameType(current, value)) {
    if (!isDeletion) setOrDelete(result, name, withoutDirectives(withoutNulls(value)))
    return
  }
  if (isObject(value)) {
    const { schema: type, strategy } = patchMetadata(schema, name)
    const map = current as JsonObject
    setKey(result, name, strategy === 'replace' ? value : mergeMaps(map, value, type))
  } else if (Array.isArray(value)) {
    const metadata = patchMetadata(schema, name)
    const live = current as readonly JsonValue[]
    setKey(result, name, mergeLists({ live, change: value, metadata, mergeMaps, isDeletion }))
  } else setKey(result, name, value)
}

const setOrDelete = (result: MutableObject, name: string, value: JsonValue | undefined): void => {
  if (value === undefined) delete result[name]
  else setKey(result, name, value)
}

const isSameType = (a: JsonValue, b: JsonValue): boolean => goTypeName(a) === goTypeName(b)

const isShallowEqual = (a: MutableObject, b: JsonObject): boolean => {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  )
}
