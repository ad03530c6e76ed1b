// The list in metadata.managedFields, decoded. kubernetes: apimachinery pkg/util/managedfields/internal/managedfields.go
import { quote } from '#apimachinery/field-error.ts'
import type { ManagedFieldsEntry, Mutable } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import { equals, type FieldSet } from './field-set.ts'
import { fromFieldsV1, toFieldsV1 } from './fields-v1.ts'
import { goJson } from './path-element.ts'
import { RecentMemo } from './recent.ts'

export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
}

/** What one manager owns. */
export interface Managed extends Manager {
  readonly set: FieldSet
  readonly time: string | undefined
  /** The entry that this was read from: it is kept if it still says the same. */
  readonly stored?: ManagedFieldsEntry | undefined
}

/** By identifier: who it is, in which way, and for updates in which version. */
export type Managers = Map<string, Managed>

/** Names a manager. An applier is the same in every version. kubernetes: BuildManagerIdentifier */
export const identifierOf = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const parts: string[] = []
  if (name !== '') parts.push(`"manager":${goJson(name)}`)
  parts.push(`"operation":"${operation}"`)
  if (operation === 'Update' && apiVersion !== '') parts.push(`"apiVersion":${goJson(apiVersion)}`)
  if (subresource !== '') parts.push(`"subresource":${goJson(subresource)}`)
  return `{${parts.join(',')}}`
}

interface Decoded {
  readonly identifier: string
  readonly managed: Managed
}

const decoded = new RecentMemo<Decoded>(8192)

/** Throws an Error if an entry is none that the server could have written. */
export const decodeManagedFields = (entries: readonly ManagedFieldsEntry[]): Managers => {
  const managers: Managers = new Map()
  for (const [index, entry] of entries.entries()) {
    let known = decoded.get(entry)
    if (known === undefined) {
      known = decodeEntry(entry, index)
      if (Object.isFrozen(entry)) decoded.set(entry, known)
    }
    managers.set(known.identifier, known.managed)
  }
  return managers
}

const decodeEntry = (entry: ManagedFieldsEntry, index: number): Decoded => {
  const {
    manager: name = '',
    operation,
    apiVersion = '',
    fieldsType = '',
    subresource = '',
  } = entry
  if (operation !== 'Apply' && operation !== 'Update')
    throw new Error('operation must be `Apply` or `Update`')
  if (apiVersion === '') throw new Error('apiVersion must not be empty')
  if (fieldsType === '') throw new Error(`missing fieldsType in managed fields entry ${index}`)
  if (fieldsType !== 'FieldsV1')
    throw new Error(`invalid fieldsType ${quote(fieldsType)} in managed fields entry ${index}`)
  const manager: Manager = { name, operation, apiVersion, subresource }
  const set = fromFieldsV1(entry.fieldsV1)
  const managed = { ...manager, set, time: entry.time, stored: entry }
  return { identifier: identifierOf(manager), managed }
}

/** Sorted as the server writes them: appliers first, then by time, then by name. */
export const encodeManagedFields = (managers: Managers): readonly ManagedFieldsEntry[] =>
  [...managers.values()].sort(compareManaged).map(encode)

const encode = (managed: Managed): ManagedFieldsEntry => {
  const { name, operation, apiVersion, subresource, time, set, stored } = managed
  const fieldsV1 = toFieldsV1(set)
  const isStored =
    stored?.fieldsV1 === fieldsV1 && stored.time === time && stored.apiVersion === apiVersion
  if (isStored) return stored
  const entry: Mutable<ManagedFieldsEntry> = {}
  if (name !== '') entry.manager = name
  entry.operation = operation
  entry.apiVersion = apiVersion
  if (time !== undefined) entry.time = time
  entry.fieldsType = 'FieldsV1'
  entry.fieldsV1 = fieldsV1
  if (subresource !== '') entry.subresource = subresource
  return Object.freeze(entry)
}

/** The same manager with another set. */
export const withSet = (managed: Managed, set: FieldSet): Managed =>
  equals(managed.set, set) ? managed : { ...managed, set }

const secondsOf = (time: string | undefined): number => {
  const milliseconds = time === undefined ? NaN : parseTime(time)
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Older first. */
export const compareTimes = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : secondsOf(a) - secondsOf(b)

const compareManaged = (a: Managed, b: Managed): number =>
  compareText(a.operation, b.operation) ||
  compareTimes(a.time, b.time) ||
  compareText(a.name, b.name) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource)
