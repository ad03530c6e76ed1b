// What changed between two objects, as sets. kubernetes: structured-merge-diff typed/compare.go
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import {
  EMPTY,
  fieldSet,
  isEmpty,
  union,
  type FieldSet,
  type FieldSetEntry,
  type FieldSetPart,
} from './field-set.ts'
import { fieldElement, type PathElement } from './path-element.ts'
import { RecentMemo } from './recent.ts'
import { isSameShape } from './same-shape.ts'
import { groupItems, isList, isMap, itemSchemaOf, schemaAt, shapeOf, zeroOf } from './typed.ts'

export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

/** What one element contributes to the three sets; undefined: nothing changed there. */
interface Change {
  readonly added?: FieldSetPart | undefined
  readonly modified?: FieldSetPart | undefined
  readonly removed?: FieldSetPart | undefined
}

type Absent = undefined

const MEMBER: FieldSetPart = { isMember: true, children: undefined }
const MODIFIED: Change = { modified: MEMBER }

const UNCHANGED: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY }
const NOTHING: JsonObject = Object.freeze({})

/**
 * Compares two objects of a kind; `undefined` is the empty object. Shared subtrees are skipped at once, so
 * the cost follows from what changed. A field that Go would write even when it is zero counts as present.
 */
export const compare = (
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  schema: Schema,
): Comparison => {
  if (before === after) return UNCHANGED
  const change = compareMaps(before ?? NOTHING, after ?? NOTHING, schema)
  if (change === undefined) return UNCHANGED
  return {
    added: change.added?.children ?? EMPTY,
    modified: change.modified?.children ?? EMPTY,
    removed: change.removed?.children ?? EMPTY,
  }
}

const compareValues = (
  before: JsonValue | Absent,
  after: JsonValue | Absent,
  schema: Schema,
): Change | undefined => {
  if (before === after) return undefined
  if (before === undefined)
    return after === undefined ? undefined : { added: wholeOf(after, schema) }
  if (after === undefined) return { removed: wholeOf(before, schema) }
  const shape = shapeOf(schema, before)
  if (shape !== shapeOf(schema, after)) return compareMixed(before, after, schema)
  if (shape === 'leaf' || (isEmptyValue(before) && isEmptyValue(after)))
    return equal(before, after) ? undefined : MODIFIED
  return shape === 'map'
    ? compareMaps(isMap(before) ? before : NOTHING, isMap(after) ? after : NOTHING, schema)
    : compareLists(isList(before) ? before : [], isList(after) ? after : [], schema)
}

const isEmptyValue = (value: JsonValue): boolean => {
  if (value === null) return true
  if (isList(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** A map became a scalar or list or the other way round, where the schema allows anything. */
const compareMixed = (before: JsonValue, after: JsonValue, schema: Schema): Change => {
  const removed = isMap(before) ? wholeOf(before, schema).children : undefined
  const added = isMap(after) ? wholeOf(after, schema).children : undefined
  return {
    modified: MEMBER,
    ...(removed === undefined ? {} : { removed: { isMember: false, children: removed } }),
    ...(added === undefined ? {} : { added: { isMember: false, children: added } }),
  }
}

/** Collects the changes below one node. */
class Changes {
  #added: FieldSetEntry[] | undefined
  #modified: FieldSetEntry[] | undefined
  #removed: FieldSetEntry[] | undefined

  add(element: PathElement, change: Change): void {
    if (change.added !== undefined) (this.#added ??= []).push({ element, ...change.added })
    if (change.modified !== undefined) (this.#modified ??= []).push({ element, ...change.modified })
    if (change.removed !== undefined) (this.#removed ??= []).push({ element, ...change.removed })
  }

  done(): Change | undefined {
    if (this.#added === undefined && this.#modified === undefined && this.#removed === undefined)
      return undefined
    return {
      added: partOf(this.#added),
      modified: partOf(this.#modified),
      removed: partOf(this.#removed),
    }
  }
}

const partOf = (entries: FieldSetEntry[] | undefined): FieldSetPart | undefined =>
  entries === undefined ? undefined : { isMember: false, children: fieldSet(entries) }

const compareMaps = (before: JsonObject, after: JsonObject, schema: Schema): Change | undefined => {
  const changes = new Changes()
  for (const key of Object.keys(before)) {
    const value = before[key]
    const other = own(after, key)
    if (value === other) continue
    compareField(changes, key, value, other, schema)
  }
  for (const key of Object.keys(after)) {
    const value = after[key]
    if (value === undefined || own(before, key) !== undefined) continue
    compareField(changes, key, undefined, value, schema)
  }
  return changes.done()
}

const compareField = (
  changes: Changes,
  key: string,
  before: JsonValue | Absent,
  after: JsonValue | Absent,
  schema: Schema,
): void => {
  const field = schema.fields?.get(key)
  const zero = field === undefined ? undefined : zeroOf(field)
  const change = compareValues(
    before === undefined ? zero : before,
    after === undefined ? zero : after,
    schemaAt(schema, key),
  )
  if (change !== undefined) changes.add(fieldElement(key), change)
}

interface Compared {
  readonly before: readonly JsonValue[]
  readonly schema: Schema
  readonly change: Change | undefined
}

const comparedLists = new RecentMemo<Compared>(256)

/** Lists that many objects share, such as conditions, are compared once. */
const compareLists = (
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  schema: Schema,
): Change | undefined => {
  const known = comparedLists.get(after)
  if (known?.before === before && known.schema === schema) return known.change
  const change = compareItemsOf(before, after, schema)
  if (Object.isFrozen(before) && Object.isFrozen(after))
    comparedLists.set(after, { before, schema, change })
  return change
}

const compareItemsOf = (
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  schema: Schema,
): Change | undefined => {
  const changes = new Changes()
  const left = groupItems(schema, before)
  const right = groupItems(schema, after)
  for (const [name, { element, items }] of left)
    compareItems(changes, element, items, right.get(name)?.items ?? [], schema)
  for (const [name, { element, items }] of right)
    if (!left.has(name)) compareItems(changes, element, [], items, schema)
  return changes.done()
}

/** Items that share their name with others in their list are one leaf together. */
const compareItems = (
  changes: Changes,
  element: PathElement,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  schema: Schema,
): void => {
  const item = itemSchemaOf(schema)
  let change: Change | undefined
  if (before.length < 2 && after.length < 2) change = compareValues(before[0], after[0], item)
  else if (before.length > 1 && after.length > 1)
    change = equal(before, after) ? undefined : MODIFIED
  else if (before.length > 1)
    change = { ...compareValues(undefined, after[0], item), removed: MEMBER }
  else change = { ...compareValues(before[0], undefined, item), added: MEMBER }
  if (change !== undefined) changes.add(element, change)
}

interface Whole {
  readonly schema: Schema
  readonly part: FieldSetPart
}

const wholes = new RecentMemo<Whole>(4096)

/** The last list or map that came or went, by its schema: what Pods of one template report is alike. */
const latest = new WeakMap<Schema, { readonly value: JsonValue; readonly part: FieldSetPart }>()

/** All that comes or goes with a value: its leaves, its items and every map and list on the way. */
const wholeOf = (value: JsonValue, schema: Schema): FieldSetPart => {
  if (typeof value !== 'object' || value === null || shapeOf(schema, value) === 'leaf')
    return MEMBER
  const known = wholes.get(value)
  if (known !== undefined && known.schema === schema) return known.part
  const other = latest.get(schema)
  if (other !== undefined && isSameShape(other.value, value, schema)) return other.part
  const children = isList(value) ? itemsOf(value, schema) : fieldsOf(value, schema)
  const part = { isMember: true, children: children === EMPTY ? undefined : children }
  if (Object.isFrozen(value)) {
    wholes.set(value, { schema, part })
    latest.set(schema, { value, part })
  }
  return part
}

const fieldsOf = (value: JsonObject, schema: Schema): FieldSet => {
  const entries: FieldSetEntry[] = []
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item === undefined) continue
    entries.push({ element: fieldElement(key), ...wholeOf(item, schemaAt(schema, key)) })
  }
  return fieldSet(entries)
}

const itemsOf = (value: readonly JsonValue[], schema: Schema): FieldSet => {
  const entries: FieldSetEntry[] = []
  for (const { element, items } of groupItems(schema, value).values())
    entries.push({
      element,
      ...(items.length > 1 ? MEMBER : wholeOf(items[0]!, itemSchemaOf(schema))),
    })
  return fieldSet(entries)
}

export const isUnchanged = ({ added, modified, removed }: Comparison): boolean =>
  isEmpty(added) && isEmpty(modified) && isEmpty(removed)

/** What the new object says differently. */
export const changedIn = ({ added, modified }: Comparison): FieldSet => union(modified, added)
