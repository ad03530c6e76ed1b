// Objects are plain, frozen JSON values. A change is a copy that shares everything it did not touch,
// so that ten thousand Pods of one template cost little more than one.

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: 'Apply' | 'Update'
  readonly apiVersion?: string
  readonly time?: string
  readonly fieldsType?: string
  readonly fieldsV1?: JsonObject
  readonly subresource?: string
}

export type StringMap = Readonly<Record<string, string>>

export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly selfLink?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: StringMap
  readonly annotations?: StringMap
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly ManagedFieldsEntry[]
}

/** What every stored thing is. `name` is set on everything that was stored. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** An object as the store returns it: the server has filled in its identity. */
export type Stored<T extends KubeObject = KubeObject> = T & {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
}

/** Freezes a value and all that it holds. A frozen value is taken to be frozen throughout. */
export const freeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const key in value) {
    const item = value[key]
    if (typeof item === 'object' && item !== null) freeze(item)
  }
  return Object.freeze(value)
}

const NOTHING = Object.freeze({})

/**
 * A copy that keys may be added to. What V8 makes of a plain `{ ...object }` takes a microsecond for every key that is added later;
 * what it makes of two spreads takes none.
 */
export const copyOf = <T extends object>(object: T): T => ({ ...NOTHING, ...object })

/** While an object is being made its keys may be set: much faster than a literal of many conditional spreads. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined }

/**
 * A copy of `object` with `changes` made; `undefined` removes a key. Returns `object` itself if nothing
 * differs, so callers may compare by identity.
 */
export const assign = <T extends object>(object: T, changes: Changes<T>): T => {
  let copy: T | undefined
  for (const key in changes) {
    const value = changes[key]
    const isSame = Object.hasOwn(object, key)
      ? value === object[key] && value !== undefined
      : value === undefined
    if (isSame) continue
    copy ??= copyOf(object)
    if (value === undefined) delete copy[key]
    else setKey(copy, key, value as T[typeof key])
  }
  return copy ?? object
}

/** A copy of `object` in which absent keys have the given values; `object` itself if none was absent. */
export const fill = <T extends object>(object: T, defaults: Changes<T>): T => {
  let copy: T | undefined
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    if (defaults[key] === undefined) continue
    if (Object.hasOwn(object, key) && object[key] !== undefined) continue
    copy ??= copyOf(object)
    setKey(copy, key, defaults[key] as T[keyof T])
  }
  return copy ?? object
}

/** The list with each item replaced by `change(item)`; the list itself if none changed. */
export const mapShared = <T>(
  list: readonly T[],
  change: (item: T, index: number) => T,
): readonly T[] => {
  let copy: T[] | undefined
  for (let index = 0; index < list.length; index++) {
    const item = list[index]!
    const changed = change(item, index)
    if (changed !== item) (copy ??= [...list])[index] = changed
  }
  return copy ?? list
}

/** Sets a key that may come from outside: `__proto__` becomes a key like any other. */
export const setKey = <T extends object, K extends keyof T>(
  object: T,
  key: K,
  value: T[K],
): void => {
  if (key === '__proto__')
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  else object[key] = value
}

/** The object's own value at a key that may come from outside (`constructor` is no label). */
export const own = <T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined

/** Deep equality of JSON values. Shared subtrees are equal at once. Absent and undefined are the same. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a))
    return (
      a.length === (b as unknown[]).length &&
      a.every((item, index) => equal(item, (b as unknown[])[index]))
    )
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key of Object.keys(left))
    if (!equal(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false
  for (const key of Object.keys(right))
    if (right[key] !== undefined && !Object.hasOwn(left, key)) return false
  return true
}

/** `ns/name`, or `name` for an object without namespace: the form keys have in work queues. */
export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace === undefined
    ? object.metadata.name!
    : `${object.metadata.namespace}/${object.metadata.name!}`

/** The two halves of a `keyOf` key. */
export const splitKey = (key: string): { readonly namespace: string; readonly name: string } => {
  const slash = key.indexOf('/')
  return slash < 0
    ? { namespace: '', name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The reference marked as controller, if any. kubernetes: apimachinery metav1.GetControllerOf */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller === true)

/** A copy whose maps have their keys in order, as Go writes them. */
export const withSortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const map = value as Readonly<Record<string, unknown>>
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(map).sort()) setKey(copy, key, withSortedKeys(map[key]))
  return copy
}
