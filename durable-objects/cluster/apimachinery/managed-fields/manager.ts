// The field manager: who owns which field of an object. kubernetes: apimachinery pkg/util/managedfields
import {
  assign,
  equal,
  type JsonObject,
  type KubeObject,
  type ManagedFieldsEntry,
} from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { convert } from '#apimachinery/schema/decode.ts'
import { badRequest } from '#apimachinery/status-error.ts'
import { entriesOfAlike, rememberCreation, type Creation } from './alike.ts'
import { applyConfiguration, kindText, notTyped, objectText, type Application } from './apply.ts'
import { EMPTY, setOfFields, type FieldSet } from './field-set.ts'
import { ownedByLastApplied, TAKES_OVER, withLastApplied } from './last-applied.ts'
import { decodeManagedFields, encodeManagedFields, type Manager, type Managers } from './managed.ts'
import { RecentMemo } from './recent.ts'
import { isMap } from './typed.ts'
import { managersAfterUpdate } from './update.ts'
import { typeError } from './validate.ts'

export interface WriteInput {
  /** Undefined: the object is created. */
  readonly live: KubeObject | undefined
  /** The name that owns what changes. '' is "unknown". */
  readonly manager: string
  /** The version that the write speaks: `apps/v1`. */
  readonly apiVersion: string
  readonly subresource?: string
  /** Now, as metav1.Time is written. */
  readonly time: string
  /** Undefined: the kind has none, and all its maps are merged while all its lists are owned as a whole. */
  readonly schema: Schema | undefined
  /** Paths (by names of fields) that the strategy sets back, so that the write cannot own them. */
  readonly resetFields?: readonly (readonly string[])[]
}

export interface UpdateInput extends WriteInput {
  /** The object as it is to be stored: defaulted, in the version of `schema`. */
  readonly next: KubeObject
}

export interface ApplyInput extends WriteInput {
  /** The configuration as it was sent, decoded from YAML or JSON and nothing more. */
  readonly applied: unknown
  readonly force: boolean
  /** The kind that the resource serves. */
  readonly kind: string
  /** Fills in what the merged object leaves out. */
  readonly defaults?: ((object: KubeObject) => KubeObject) | undefined
  /** Reads the merged object. Default: by the schema. */
  readonly decode?: (merged: JsonObject) => KubeObject
}

const ANYTHING: Schema = { kind: 'any', name: '', goType: 'interface {}', preserveUnknown: true }

type Entries = readonly ManagedFieldsEntry[]

/**
 * `metadata.managedFields` of `next` after a create, update or patch. The same list as the live object's if
 * nothing changes hands. Never fails: what cannot be worked out stays as it was.
 */
export const managedOnUpdate = (input: UpdateInput): Entries => {
  const { live, next } = input
  if (live !== undefined || next.metadata.managedFields !== undefined) return workedOut(input)
  const creation: Creation = {
    next: next as unknown as JsonObject,
    manager: managerOf(input, 'Update'),
    time: input.time,
    schema: input.schema ?? ANYTHING,
    resetFields: resetSetOf(input),
  }
  const known = entriesOfAlike(creation)
  if (known !== undefined) return known
  const entries = workedOut(input)
  rememberCreation(creation, entries)
  return entries
}

const workedOut = (input: UpdateInput): Entries => {
  const { live, next, time, schema = ANYTHING } = input
  const before = live?.metadata.managedFields ?? []
  const { managers, isGiven } = managersGiven(input)
  // Fields of an object that was stored without managers are nobody's until somebody applies.
  if (managers.size === 0 && live !== undefined) return []
  const after = managersAfter({
    live: live as unknown as JsonObject | undefined,
    next: next as unknown as JsonObject,
    managers,
    manager: managerOf(input, 'Update'),
    time,
    schema,
    resetFields: resetSetOf(input),
  })
  if (after === undefined || (after === managers && !isGiven)) return before
  const entries = encodeManagedFields(after)
  return !isGiven && isSameList(entries, before) ? before : entries
}

const managersAfter = (update: Parameters<typeof managersAfterUpdate>[0]): Managers | undefined => {
  try {
    return managersAfterUpdate(update)
  } catch {
    // An item without a name: the object is invalid and about to be refused. kubernetes: UpdateNoErrors
    return undefined
  }
}

const isSameList = (a: Entries, b: Entries): boolean =>
  a.length === b.length && a.every((entry, index) => entry === b[index])

/** The managers that an update starts from: those it sends, or else the live ones. kubernetes: decodeLiveOrNew */
const managersGiven = ({
  live,
  next,
  subresource = '',
}: UpdateInput): { readonly managers: Managers; readonly isGiven: boolean } => {
  const stored = live?.metadata.managedFields
  const given = next.metadata.managedFields
  if (subresource === '' && given !== stored) {
    if (isReset(given)) return { managers: new Map(), isGiven: true }
    const managers = decodeOrNothing(given)
    if (managers.size > 0) return { managers, isGiven: true }
  }
  return { managers: decodeOrNothing(stored), isGiven: false }
}

/** An empty list, or a list of one empty entry, asks to forget all managers. */
const isReset = (entries: Entries | undefined): boolean =>
  entries !== undefined &&
  entries !== null &&
  (entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0))

const decodeOrNothing = (entries: Entries | undefined): Managers => {
  try {
    return decodeManagedFields(entries ?? [])
  } catch {
    // Sent by a client that does not know managed fields; the live ones count.
    return new Map()
  }
}

const managerOf = (input: WriteInput, operation: Manager['operation']): Manager => ({
  name: input.manager === '' ? 'unknown' : input.manager,
  operation,
  apiVersion: input.apiVersion,
  subresource: input.subresource ?? '',
})

const resetSets = new RecentMemo<FieldSet>(256)

/** The same list gives the same set. */
const resetSetOf = ({ resetFields }: WriteInput): FieldSet => {
  if (resetFields === undefined || resetFields.length === 0) return EMPTY
  let set = resetSets.get(resetFields)
  if (set === undefined) resetSets.set(resetFields, (set = setOfFields(resetFields)))
  return set
}

/**
 * Server-side apply: the object with the configuration merged in, decoded, defaulted and with its managed
 * fields; the live object itself if nothing changed. Throws a StatusError, on conflicts one that lists them.
 */
export const apply = (input: ApplyInput): KubeObject => {
  const { live, schema = ANYTHING } = input
  const applied = checkConfiguration(input)
  const application: Application = {
    live: (live ?? {}) as unknown as JsonObject,
    applied,
    managers: managersBeforeApply(input),
    manager: managerOf(input, 'Apply'),
    time: input.time,
    schema,
    resetFields: resetSetOf(input),
    allowed: input.force ? 'all' : allowedConflicts(input),
  }
  const { object, managers } = applyConfiguration(application)
  const complete = object === application.live ? live! : completed(input, object)
  const synced = input.manager === TAKES_OVER ? withLastApplied(complete, applied) : complete
  return withManagers(synced, managers)
}

/** kubernetes: internal/versioncheck.go, internal/structuredmerge.go */
const checkConfiguration = ({
  applied,
  apiVersion,
  kind,
  schema = ANYTHING,
}: ApplyInput): JsonObject => {
  const value = applied as JsonObject | null
  const configuration = isMap(value) ? value : {}
  const text = (field: unknown): string => (typeof field === 'string' ? field : '')
  const given = kindText(text(configuration['apiVersion']), text(configuration['kind']))
  if (given !== kindText(apiVersion, kind)) throw badRequest(`invalid object type: ${given}`)
  const metadata = configuration['metadata']
  if (
    isMap(metadata) &&
    metadata['managedFields'] !== undefined &&
    metadata['managedFields'] !== null
  )
    throw badRequest('metadata.managedFields must be nil')
  const problem = typeError(configuration, schema)
  if (problem !== undefined) throw notTyped('patch', configuration, problem)
  return configuration
}

/** An object that nobody manages was written before managers were known: all of it is "before-first-apply". */
const managersBeforeApply = (input: ApplyInput): Managers => {
  const { live, time, schema = ANYTHING } = input
  let managers: Managers
  try {
    managers = decodeManagedFields(live?.metadata.managedFields ?? [])
  } catch (error) {
    throw plainError(`failed to decode managed fields: ${(error as Error).message}`)
  }
  if (managers.size > 0 || live === undefined) return managers
  return managersAfterUpdate({
    live: undefined,
    next: live as unknown as JsonObject,
    managers,
    manager: { ...managerOf(input, 'Update'), name: 'before-first-apply' },
    time,
    schema,
    resetFields: resetSetOf(input),
  })
}

// Upstream asks only after a conflict, and refuses with the conflicts that remain: the same, in one go.
const allowedConflicts = ({ live, manager, schema = ANYTHING }: ApplyInput): FieldSet =>
  live === undefined || manager !== TAKES_OVER ? EMPTY : ownedByLastApplied(live, schema)

const completed = (input: ApplyInput, merged: JsonObject): KubeObject => {
  const { defaults, decode: read } = input
  const object = read === undefined ? converted(input, merged) : read(merged)
  return defaults?.(object) ?? object
}

/** kubernetes: apimachinery pkg/runtime/scheme.go unstructuredToTyped */
const converted = (
  { schema = ANYTHING, apiVersion, kind }: ApplyInput,
  merged: JsonObject,
): KubeObject => {
  try {
    return convert(merged, schema).object as unknown as KubeObject
  } catch (error) {
    throw plainError(
      `failed to convert new object (${objectText(merged)}) to proper version: unable to convert unstructured object to ${kindText(apiVersion, kind)}: ${(error as Error).message}`,
    )
  }
}

const withManagers = (object: KubeObject, managers: Managers): KubeObject => {
  const entries = encodeManagedFields(managers)
  const before = object.metadata.managedFields ?? []
  if (isSameList(entries, before)) return object
  const managedFields = entries.length === 0 ? undefined : entries
  return assign(object, { metadata: assign(object.metadata, { managedFields }) })
}

/**
 * `next` with the live times if nothing but the times of its managers differs from `live`, so that a write
 * that changes nothing is none. kubernetes: apiserver handlers/fieldmanager/equality.go IgnoreManagedFieldsTimestampsTransformer
 */
export const ignoreTimes = <T extends KubeObject>(live: KubeObject, next: T): T => {
  const before = live.metadata.managedFields
  const after = next.metadata.managedFields
  if (before === after || before === undefined || after?.length !== before.length) return next
  const isSame = after.every((entry, index) =>
    equal({ ...entry, time: '' }, { ...before[index], time: '' }),
  )
  if (!isSame) return next
  const timeless = assign(next as KubeObject, {
    metadata: assign(next.metadata, { managedFields: before }),
  })
  return equal(timeless, live) ? (timeless as T) : next
}
