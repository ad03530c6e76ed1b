// The JSON form of sets in managedFields. kubernetes: structured-merge-diff fieldpath/serialize.go
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import {
  EMPTY,
  fieldSet,
  isEmpty,
  union,
  type FieldSet,
  type FieldSetEntry,
  type FieldSetPart,
} from './field-set.ts'
import { parseElement } from './path-element.ts'
import { RecentMemo } from './recent.ts'

/** A member without anything below it. */
const LEAF: JsonObject = Object.freeze({})

const written = new RecentMemo<JsonObject>(8192)
const writtenWithSelf = new RecentMemo<JsonObject>(8192)
const read = new RecentMemo<FieldSetPart>(8192)

/** `{"f:data":{".":{},"f:a":{}}}`, frozen. The same set gives the same object as long as it is remembered. */
export const toFieldsV1 = (set: FieldSet): JsonObject => write(set, false)

const write = (set: FieldSet, hasSelf: boolean): JsonObject => {
  if (isEmpty(set)) return LEAF
  const memo = hasSelf ? writtenWithSelf : written
  const known = memo.get(set)
  if (known !== undefined) return known
  // Keys all begin with their kind ("f:"), so `__proto__` cannot be among them.
  const json: Record<string, JsonValue> = hasSelf ? { '.': LEAF } : {}
  for (const { element, isMember, children } of set.entries)
    json[element.text] = children === undefined ? LEAF : write(children, isMember)
  Object.freeze(json)
  memo.set(set, json)
  read.set(json, { isMember: hasSelf, children: set })
  return json
}

/** Reads a set. Throws an Error if it is none; elements of unknown kind are left out. */
export const fromFieldsV1 = (json: JsonValue | undefined): FieldSet =>
  json === undefined ? EMPTY : (readPart(json).children ?? EMPTY)

const MEMBER: FieldSetPart = { isMember: true, children: undefined }

const readPart = (json: JsonValue): FieldSetPart => {
  if (json === null) return MEMBER
  if (typeof json !== 'object' || Array.isArray(json))
    throw new Error(`ReadMapCB: expect { or n, but found ${JSON.stringify(json).slice(0, 1)}`)
  const known = read.get(json)
  if (known !== undefined) return known
  const part = readMap(json as JsonObject)
  if (Object.isFrozen(json)) read.set(json, part)
  return part
}

const readMap = (json: JsonObject): FieldSetPart => {
  const entries = new Map<string, FieldSetEntry>()
  let isMember = false
  for (const key of Object.keys(json)) {
    if (key === '.') {
      isMember = true
      continue
    }
    const element = parseElement(key)
    if (element === undefined) continue
    const part = readPart(json[key] ?? null)
    const before = entries.get(element.text)
    entries.set(element.text, { element, ...(before === undefined ? part : both(before, part)) })
  }
  if (entries.size === 0) return MEMBER
  return { isMember, children: fieldSet([...entries.values()]) }
}

/** One element written in two ways, such as keys in another order. */
const both = (a: FieldSetPart, b: FieldSetPart): FieldSetPart => ({
  isMember: a.isMember || b.isMember,
  children:
    a.children === undefined
      ? b.children
      : b.children === undefined
        ? a.children
        : union(a.children, b.children),
})
