// Objects of one template and Events of one sort differ in nothing that managed fields tell: their entries are worked out once.
import type { JsonObject, ManagedFieldsEntry } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import type { FieldSet } from './field-set.ts'
import type { Manager } from './managed.ts'
import { isSameShape } from './same-shape.ts'

type Entries = readonly ManagedFieldsEntry[]

/** The creation of an object that nobody managed before. */
export interface Creation {
  readonly next: JsonObject
  readonly manager: Manager
  readonly time: string
  readonly schema: Schema
  readonly resetFields: FieldSet
}

interface Known extends Creation {
  readonly entries: Entries
}

const MAX_KNOWN = 8
const known = new WeakMap<Schema, Known[]>()

const isSameManager = (a: Manager, b: Manager): boolean =>
  a.name === b.name &&
  a.operation === b.operation &&
  a.apiVersion === b.apiVersion &&
  a.subresource === b.subresource

/** The entries of an object like this one that was created lately. */
export const entriesOfAlike = (creation: Creation): Entries | undefined => {
  const found = known
    .get(creation.schema)
    ?.find(
      (other) =>
        other.resetFields === creation.resetFields &&
        isSameManager(other.manager, creation.manager) &&
        isSameShape(other.next, creation.next, creation.schema),
    )
  if (found === undefined) return undefined
  if (found.time === creation.time) return found.entries
  const entries = found.entries.map((entry) => Object.freeze({ ...entry, time: creation.time }))
  rememberCreation(creation, entries)
  return entries
}

/** The newest are kept, one of each shape and time. */
export const rememberCreation = (creation: Creation, entries: Entries): void => {
  const others = known.get(creation.schema) ?? []
  known.set(creation.schema, [{ ...creation, entries }, ...others.slice(0, MAX_KNOWN - 1)])
}
