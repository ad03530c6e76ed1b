// Server-side apply. kubernetes: structured-merge-diff merge/update.go Apply, merge/conflict.go;
// apimachinery pkg/util/managedfields/internal/{structuredmerge,lastappliedmanager,conflict}.go
import { quote } from '#apimachinery/field-error.ts'
import { equal, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { StatusError, type StatusCause } from '#apimachinery/status-error.ts'
import { changedIn } from './compare.ts'
import {
  difference,
  EMPTY,
  intersection,
  isEmpty,
  pathsOf,
  recursiveDifference,
  union,
  type FieldSet,
} from './field-set.ts'
import { identifierOf, withSet, type Manager, type Managers } from './managed.ts'
import { merge } from './merge.ts'
import { pathText } from './path-element.ts'
import { removeItems, toFieldSet, withNamedFields } from './typed.ts'
import { compareExcept, conflictsOf, takeFromOthers, withoutIdentity } from './update.ts'

export interface Application {
  readonly live: JsonObject
  readonly applied: JsonObject
  readonly managers: Managers
  readonly manager: Manager
  readonly time: string
  readonly schema: Schema
  readonly resetFields: FieldSet
  /** Paths whose conflicts do not count. 'all': force. */
  readonly allowed: FieldSet | 'all'
}

export interface Applied {
  /** Merged and pruned, not defaulted; the live object itself if nothing changed. */
  readonly object: JsonObject
  readonly managers: Managers
}

/** Throws a StatusError with every conflict that is not allowed. */
export const applyConfiguration = (application: Application): Applied => {
  const { live, applied, schema, manager, resetFields } = application
  const self = identifierOf(manager)
  const last = application.managers.get(self)?.set ?? EMPTY
  const set = recursiveDifference(toFieldSet(applied, schema), resetFields)
  const managers = new Map(application.managers)
  const before = managers.get(self)
  managers.set(
    self,
    before === undefined ? { ...manager, set, time: undefined } : { ...before, ...manager, set },
  )
  const object = prune(merge(live, applied, schema), managers, last, schema)
  const comparison = compareExcept(live, object, schema, resetFields)
  checkConflicts(conflictsOf(managers, self, changedIn(comparison)), application.allowed)
  const left = takeFromOthers(managers, self, comparison)
  return own(application, object, left, self)
}

/** The applier's entry: without identity, with a new time if the object changed. */
const own = (
  { live, time }: Application,
  object: JsonObject,
  managers: Managers,
  self: string,
): Applied => {
  const isSame = equal(object, live)
  const managed = managers.get(self)
  if (managed !== undefined) {
    const owned = withSet(managed, withoutIdentity(managed.set))
    if (isEmpty(owned.set)) managers.delete(self)
    else managers.set(self, isSame ? owned : { ...owned, time })
  }
  return { object: isSame ? live : object, managers }
}

/**
 * Removes what the applier said last time and does not say now, unless somebody else owns it. What nobody
 * owned stays too. kubernetes: merge/update.go prune, addBackOwnedItems, addBackDanglingItems
 */
const prune = (
  merged: JsonObject,
  managers: Managers,
  last: FieldSet,
  schema: Schema,
): JsonObject => {
  if (isEmpty(last)) return merged
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema)
  const without = (value: JsonValue, set: FieldSet): JsonObject =>
    (removeItems(value, set, schema) ?? {}) as JsonObject
  let owned = EMPTY
  for (const { set } of managers.values()) owned = union(owned, set)
  const all = named(toFieldSet(merged, schema))
  const bare = without(merged, named(last))
  if (bare === merged) return merged
  const kept = union(named(toFieldSet(bare, schema)), named(owned))
  const withOwned = without(merged, difference(all, kept))
  const gone = difference(all, named(toFieldSet(withOwned, schema)))
  return without(merged, intersection(gone, named(last)))
}

interface Conflict {
  readonly manager: string
  readonly path: string
}

const checkConflicts = (found: ReadonlyMap<string, FieldSet>, allowed: FieldSet | 'all'): void => {
  if (allowed === 'all' || found.size === 0) return
  const conflicts: Conflict[] = []
  for (const manager of [...found.keys()].sort())
    for (const path of pathsOf(difference(found.get(manager)!, allowed)))
      conflicts.push({ manager, path: pathText(path) })
  if (conflicts.length > 0) throw conflictError(conflicts)
}

// `difference` keeps a parent of an allowed child and the other way round, as upstream's Set.Has does.
const conflictError = (conflicts: readonly Conflict[]): StatusError => {
  const causes = conflicts.map(({ manager, path }): StatusCause => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(manager)}`,
    field: path,
  }))
  return new StatusError(409, 'Conflict', conflictMessage(conflicts), { causes })
}

const conflictMessage = (conflicts: readonly Conflict[]): string => {
  const [first] = conflicts
  if (conflicts.length === 1)
    return `Apply failed with 1 conflict: conflict with ${managerText(first!.manager)}: ${first!.path}`
  const lines: string[] = []
  let current: string | undefined
  for (const { manager, path } of conflicts) {
    if (manager !== current) lines.push(`conflicts with ${managerText(manager)}:`)
    current = manager
    lines.push(`- ${path}`)
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

/** `"carol" with subresource "status" using v1`. kubernetes: internal/conflict.go printManager */
const managerText = (identifier: string): string => {
  const manager = JSON.parse(identifier) as Readonly<Record<string, string>>
  const name = quote(manager['manager'] ?? '')
  const subresource = manager['subresource']
  const where = subresource === undefined ? '' : ` with subresource ${quote(subresource)}`
  return manager['operation'] === 'Update'
    ? `${name}${where} using ${manager['apiVersion'] ?? ''}`
    : `${name}${where}`
}

/** kubernetes: internal/structuredmerge.go objectGVKNN */
export const objectText = (object: JsonObject): string => {
  const metadata = object['metadata'] as { namespace?: unknown; name?: unknown } | null | undefined
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return `${text(metadata?.namespace)}/${text(metadata?.name)}; ${kindText(text(object['apiVersion']), text(object['kind']))}`
}

/** A GroupVersionKind as Go prints it: `apps/v1, Kind=Deployment`, `/v1, Kind=Service`. */
export const kindText = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`

export const notTyped = (what: string, object: JsonObject, why: string): StatusError =>
  plainError(`failed to create typed ${what} object (${objectText(object)}): ${why}`)
