// Values seen through their schema: which parts are owned as a whole, how items of lists are named.
// kubernetes: structured-merge-diff typed/helpers.go, typed/tofieldset.go; kube-openapi pkg/schemaconv
import { own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Field, Schema } from '#apimachinery/schema.ts'
import {
  EMPTY,
  fieldSet,
  find,
  type FieldSet,
  type FieldSetEntry,
  type FieldSetPart,
} from './field-set.ts'
import { fieldElement, keyElement, valueElement, type PathElement } from './path-element.ts'
import { RecentMemo } from './recent.ts'

/** A leaf is owned as a whole: scalars, atomic lists and maps. */
export type Shape = 'leaf' | 'map' | 'list'

const ANYTHING: Schema = { kind: 'any', name: '', goType: 'interface {}' }

export const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value)

export const shapeOf = (schema: Schema, value: JsonValue): Shape => {
  switch (schema.kind) {
    case 'object':
    case 'map':
      return schema.mapType === 'atomic' ? 'leaf' : 'map'
    case 'list':
      return isAssociative(schema) ? 'list' : 'leaf'
    case 'any':
      return schema.mapType !== 'atomic' && (value === null || isMap(value)) ? 'map' : 'leaf'
    default:
      return 'leaf'
  }
}

const isAssociative = (schema: Schema): boolean =>
  schema.listType === undefined
    ? (schema.patchStrategy?.includes('merge') ?? false)
    : schema.listType !== 'atomic'

/** The fields that name an item in its list; none if the item is its own name. */
export const listKeysOf = (schema: Schema): readonly string[] =>
  schema.listType === 'map'
    ? (schema.listKeys ?? [])
    : schema.listType === undefined && schema.patchMergeKey !== undefined
      ? [schema.patchMergeKey]
      : []

/** The schema of a field or key; what no field describes may be anything. */
export const schemaAt = (schema: Schema, key: string): Schema =>
  schema.kind === 'map' ? (schema.items ?? ANYTHING) : (schema.fields?.get(key)?.schema ?? ANYTHING)

export const itemSchemaOf = (schema: Schema): Schema => schema.items ?? ANYTHING

interface Named {
  readonly list: Schema
  readonly element: PathElement
}

const named = new RecentMemo<Named>(4096)

/** What names an item in its list. Throws an Error if the item has no name. */
export const itemElement = (list: Schema, item: JsonValue): PathElement => {
  const keys = listKeysOf(list)
  if (keys.length === 0) return setItemElement(item)
  const known = isMap(item) ? named.get(item) : undefined
  if (known?.list === list) return known.element
  const element = keyedItemElement(list, keys, item)
  if (Object.isFrozen(item)) named.set(item as JsonObject, { list, element })
  return element
}

const keyedItemElement = (list: Schema, names: readonly string[], item: JsonValue): PathElement => {
  if (item === null) throw new Error('associative list with keys may not have a null element')
  if (!isMap(item)) throw new Error('associative list with keys may not have non-map elements')
  const fields = itemSchemaOf(list).fields
  const keys = names.map((name): readonly [string, JsonValue] => {
    const value = own(item, name) ?? (fields?.get(name)?.default as JsonValue | undefined)
    if (value === undefined)
      throw new Error(
        `associative list with keys has an element that omits key field "${name}" (and doesn't have default value)`,
      )
    return [name, value]
  })
  return keyElement(keys)
}

const setItemElement = (item: JsonValue): PathElement => {
  if (isMap(item)) throw new Error("associative list without keys has an element that's a map type")
  if (isList(item)) throw new Error('not supported: associative list with lists as elements')
  if (item === null)
    throw new Error("associative list without keys has an element that's an explicit null")
  return valueElement(item)
}

const ZERO_OBJECT: JsonObject = Object.freeze({})

/** What Go holds in a field that JSON leaves out; undefined if it leaves out the zero value too. */
export const zeroOf = ({ keepZero, pointer, schema }: Field): JsonValue | undefined => {
  if (!keepZero) return undefined
  if (pointer) return null
  switch (schema.kind) {
    case 'object':
      return ZERO_OBJECT
    case 'string':
      return ''
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0
    case 'boolean':
      return false
    case 'quantity':
      return '0'
    default:
      return null
  }
}

/** An item of an associative list with its name. Items that share their name are one group. */
export interface ItemGroup {
  readonly element: PathElement
  readonly items: readonly JsonValue[]
}

export const groupItems = (schema: Schema, list: readonly JsonValue[]): Map<string, ItemGroup> => {
  const groups = new Map<string, { element: PathElement; items: JsonValue[] }>()
  for (const item of list) {
    const element = itemElement(schema, item)
    const group = groups.get(element.text)
    if (group === undefined) groups.set(element.text, { element, items: [item] })
    else group.items.push(item)
  }
  return groups
}

const MEMBER: FieldSetPart = { isMember: true, children: undefined }

/** Every leaf and every item that the value mentions, as an applier comes to own it. */
export const toFieldSet = (value: JsonValue, schema: Schema): FieldSet =>
  partOf(value, schema).children ?? EMPTY

const partOf = (value: JsonValue, schema: Schema): FieldSetPart => {
  const shape = shapeOf(schema, value)
  if (shape === 'leaf') return MEMBER
  const entries: FieldSetEntry[] = []
  if (shape === 'map' && isMap(value)) {
    for (const key of Object.keys(value)) {
      const item = value[key]
      if (item === undefined) continue
      const part = partOf(item, schemaAt(schema, key))
      const isNamed =
        item === null ||
        (isMap(item) && Object.keys(item).length === 0) ||
        !(schema.fields?.has(key) ?? false)
      const isMember = part.isMember || isNamed
      if (isMember || part.children !== undefined)
        entries.push({ element: fieldElement(key), isMember, children: part.children })
    }
  } else if (shape === 'list' && isList(value)) {
    for (const { element, items } of groupItems(schema, value).values()) {
      const children =
        items.length > 1 ? undefined : partOf(items[0]!, itemSchemaOf(schema)).children
      entries.push({ element, isMember: true, children })
    }
  }
  return { isMember: false, children: entries.length === 0 ? undefined : fieldSet(entries) }
}

/** The set with every declared field above a member made a member too. kubernetes: fieldpath EnsureNamedFieldsAreMembers */
export const withNamedFields = (set: FieldSet, schema: Schema | undefined): FieldSet =>
  fieldSet(
    set.entries.map((entry) => {
      const { element, isMember, children } = entry
      if (children === undefined) return entry
      const isNamed = element.kind === 'field' && (schema?.fields?.has(element.name) ?? false)
      const below = withNamedFields(children, schemaBelow(schema, element))
      return { element, isMember: isMember || isNamed, children: below }
    }),
  )

const schemaBelow = (schema: Schema | undefined, element: PathElement): Schema | undefined => {
  if (schema === undefined) return undefined
  if (element.kind === 'field')
    return schema.kind === 'list' ? undefined : schemaAt(schema, element.name)
  return element.kind === 'key' && schema.kind === 'list' ? schema.items : undefined
}

/** The value without what the set names. Emptied maps and lists become null. kubernetes: typed/remove.go */
export const removeItems = (value: JsonValue, set: FieldSet, schema: Schema): JsonValue => {
  const shape = shapeOf(schema, value)
  if (shape === 'map') return isMap(value) ? removeFromMap(value, set, schema) : null
  if (shape === 'list') return isList(value) ? removeFromList(value, set, schema) : null
  // Something below a whole is named: the schema changed, and the whole goes.
  return isMap(value) || isList(value) ? null : value
}

const removeFromMap = (value: JsonObject, set: FieldSet, schema: Schema): JsonValue => {
  let copy: Record<string, JsonValue | undefined> | undefined
  for (const { element, isMember, children } of set.entries) {
    if (element.kind !== 'field' || own(value, element.name) === undefined) continue
    if (isMember) {
      delete (copy ??= { ...value })[element.name]
      continue
    }
    const before = own(value, element.name)!
    const after = removeItems(before, children ?? EMPTY, schemaAt(schema, element.name))
    if (after !== before) setKey((copy ??= { ...value }), element.name, after)
  }
  const result = copy ?? value
  return Object.keys(result).length === 0 ? null : result
}

const removeFromList = (value: readonly JsonValue[], set: FieldSet, schema: Schema): JsonValue => {
  const kept: JsonValue[] = []
  for (const item of value) {
    const found = find(set, itemElement(schema, item))
    if (found?.isMember === true) continue
    kept.push(
      found?.children === undefined
        ? item
        : removeItems(item, found.children, itemSchemaOf(schema)),
    )
  }
  if (kept.length === 0) return null
  return kept.length === value.length && kept.every((item, index) => item === value[index])
    ? value
    : kept
}
