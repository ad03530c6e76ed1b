// Who owns what after an object changed. kubernetes: structured-merge-diff merge/update.go;
// apimachinery pkg/util/managedfields/internal/{managedfieldsupdater,stripmeta,capmanagers}.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { changedIn, compare, isUnchanged, type Comparison } from './compare.ts'
import {
  difference,
  EMPTY,
  intersection,
  isEmpty,
  recursiveDifference,
  setOfFields,
  union,
  type FieldSet,
} from './field-set.ts'
import {
  compareTimes,
  identifierOf,
  withSet,
  type Managed,
  type Manager,
  type Managers,
} from './managed.ts'

/** Never owned by anybody. kubernetes: internal/stripmeta.go */
const IDENTITY = setOfFields([
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['metadata', name]),
])

export const withoutIdentity = (set: FieldSet): FieldSet => difference(set, IDENTITY)

/** What changed, without fields that the write cannot change. */
export const compareExcept = (
  live: JsonObject | undefined,
  next: JsonObject | undefined,
  schema: Schema,
  resetFields: FieldSet,
): Comparison => {
  const comparison = compare(live, next, schema)
  if (isEmpty(resetFields) || isUnchanged(comparison)) return comparison
  const { added, modified, removed } = comparison
  return {
    added: recursiveDifference(added, resetFields),
    modified: recursiveDifference(modified, resetFields),
    removed: recursiveDifference(removed, resetFields),
  }
}

/** What each manager but `self` owns of what was changed to something else. */
export const conflictsOf = (
  managers: Managers,
  self: string | undefined,
  changed: FieldSet,
): ReadonlyMap<string, FieldSet> => {
  const conflicts = new Map<string, FieldSet>()
  if (isEmpty(changed)) return conflicts
  for (const [identifier, { set }] of managers) {
    if (identifier === self) continue
    const conflict = intersection(set, changed)
    if (!isEmpty(conflict)) conflicts.set(identifier, conflict)
  }
  return conflicts
}

/** The managers but `self` without what was changed or removed; those left with nothing go. */
export const takeFromOthers = (
  managers: Managers,
  self: string | undefined,
  { added, modified, removed }: Comparison,
): Managers => {
  const left: Managers = new Map()
  for (const [identifier, managed] of managers) {
    // one after the other: their union is another for every object that is written, and mostly met by nothing
    const set =
      identifier === self
        ? managed.set
        : difference(difference(difference(managed.set, modified), added), removed)
    if (!isEmpty(set)) left.set(identifier, withSet(managed, set))
  }
  return left
}

interface Update {
  readonly live: JsonObject | undefined
  readonly next: JsonObject
  readonly managers: Managers
  readonly manager: Manager
  readonly time: string
  readonly schema: Schema
  readonly resetFields: FieldSet
}

/** The managers after an update: what it changed is its own, and nobody else's. The same ones if it changed nothing. */
export const managersAfterUpdate = (update: Update): Managers => {
  const comparison = compareExcept(update.live, update.next, update.schema, update.resetFields)
  if (isUnchanged(comparison)) return update.managers
  const managers = takeFromOthers(update.managers, undefined, comparison)
  const own = withoutIdentity(changedIn(comparison))
  if (!isEmpty(own)) {
    const identifier = identifierOf(update.manager)
    const before = managers.get(identifier)
    const set = union(own, before?.set ?? EMPTY)
    managers.set(identifier, { ...before, ...update.manager, set, time: update.time })
  }
  return capUpdaters(managers)
}

const MAX_UPDATERS = 10

/** Puts the oldest updaters into one entry for each version when there are too many. */
const capUpdaters = (managers: Managers): Managers => {
  if (managers.size <= MAX_UPDATERS) return managers
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  if (updaters.length <= MAX_UPDATERS) return managers
  updaters.sort(
    ([a, { time }], [b, other]) => compareTimes(time, other.time) || (a < b ? -1 : a > b ? 1 : 0),
  )
  const capped = new Map(managers)
  const firstOf = new Map<string, string>()
  let count = updaters.length
  for (const [identifier, managed] of updaters) {
    if (count <= MAX_UPDATERS) break
    const first = firstOf.get(managed.apiVersion)
    if (first === undefined) {
      firstOf.set(managed.apiVersion, identifier)
      continue
    }
    moveToBucket(capped, first, identifier, managed)
    count--
  }
  return capped
}

const moveToBucket = (
  managers: Managers,
  first: string,
  identifier: string,
  managed: Managed,
): void => {
  const { apiVersion, time } = managed
  const bucket: Manager = {
    name: 'ancient-changes',
    operation: 'Update',
    apiVersion,
    subresource: '',
  }
  const name = identifierOf(bucket)
  const before = managers.get(name) ?? managers.get(first)
  if (!managers.has(name)) managers.delete(first)
  managers.delete(identifier)
  managers.set(name, { ...bucket, set: union(managed.set, before?.set ?? EMPTY), time })
}
