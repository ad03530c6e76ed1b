// What client-side apply managed becomes what server-side apply manages. kubernetes: kubectl pkg/cmd/apply/apply.go
// migrateToSSAIfNecessary, client-go util/csaupgrade/upgrade.go
import { fromFieldsV1, toFieldsV1 } from '#apimachinery/managed-fields/fields-v1.ts'
import { union } from '#apimachinery/managed-fields/field-set.ts'
import { type JsonObject, type ManagedFieldsEntry, own } from '#apimachinery/object.ts'
import { ApiError, asFailure } from '#kubectl/failure.ts'
import type { ApiCall } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { fetchInfo, type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine, LAST_APPLIED, lastApplied } from '#kubectl/resource/last-applied.ts'

const ANNOTATION_MANAGER = 'kubectl-last-applied'
const MOST_TRIES = 5
const LATER = 'This is non-fatal and will be retried next time you apply. Error:'

export interface Migration {
  readonly run: Invocation
  readonly manager: string
  /** Nobody chose another. */
  readonly isDefaultManager: boolean
  /** The query of a request of that manager. */
  readonly query: (manager: string) => ApiCall['query']
  /** Applies the configuration once more. */
  readonly again: () => JsonObject
}

/** The object as it is afterwards. What goes wrong is a warning. */
export const migrated = (migration: Migration, info: Info): JsonObject => {
  const { run, again } = migration
  let step = `failed to migrate ${LAST_APPLIED} for Server-Side Apply`
  let object = info.object!
  try {
    object = withOwnedAnnotation(migration, info)
    step = 'server rejected managed fields migration to Server-Side Apply'
    const moved = withMovedManagers(migration, { ...info, object })
    if (moved === undefined) return object
    object = moved
    step = 'failed to re-apply configuration after performing Server-Side Apply migration'
    return again()
  } catch (error) {
    run.err(`Warning: ${step}. ${LATER} ${asFailure(error).message}\n`)
    return object
  }
}

const entriesOf = (object: JsonObject): readonly ManagedFieldsEntry[] =>
  ((object['metadata'] as JsonObject | undefined)?.['managedFields'] ??
    []) as unknown as readonly ManagedFieldsEntry[]

const ownsAnnotation = ({ fieldsV1 }: ManagedFieldsEntry): boolean => {
  const metadata = own(fieldsV1, 'f:metadata') as JsonObject | undefined
  const annotations = own(metadata, 'f:annotations') as JsonObject | undefined
  return own(annotations, `f:${LAST_APPLIED}`) !== undefined
}

/** The annotation gets a manager that keeps it. kubernetes: saveLastApplyAnnotationIfNecessary */
const withOwnedAnnotation = (
  { run, isDefaultManager, query }: Migration,
  info: Info,
): JsonObject => {
  const object = info.object!
  const text = lastApplied(object)
  if (!isDefaultManager || text === undefined) return object
  const isOwned = entriesOf(object).some(
    (entry) => entry.operation === 'Apply' && ownsAnnotation(entry),
  )
  if (isOwned) return object
  const { name = '', namespace = '' } = metadataOf(object)
  return run.client.object({
    method: 'PATCH',
    path: pathOfInfo(info),
    query: query(ANNOTATION_MANAGER) ?? [],
    contentType: 'application/apply-patch+yaml',
    body: `${goJsonLine({
      apiVersion: object['apiVersion']!,
      kind: object['kind']!,
      metadata: {
        annotations: { [LAST_APPLIED]: text },
        name,
        ...(namespace === '' ? {} : { namespace }),
      },
    })}\n`,
  })
}

/** Undefined: there is nothing to move. */
const withMovedManagers = (
  { run, manager, query }: Migration,
  info: Info,
): JsonObject | undefined => {
  const names = new Set(
    entriesOf(info.object!)
      .filter((entry) => entry.operation === 'Update' && ownsAnnotation(entry))
      .map((entry) => entry.manager ?? ''),
  )
  let current = info
  for (let tries = 1; ; tries++) {
    const object = current.object!
    const entries = entriesOf(object)
    const moved = [...names].reduce((all, name) => upgraded(all, name, manager), entries)
    if (moved === entries) return undefined
    const { resourceVersion = '' } = metadataOf(object)
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: moved },
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ]
    try {
      return run.client.object({
        method: 'PATCH',
        path: pathOfInfo(info),
        query: query(manager) ?? [],
        contentType: 'application/json-patch+json',
        body: JSON.stringify(patch),
      })
    } catch (error) {
      if (!(error instanceof ApiError) || !error.is('Conflict') || tries >= MOST_TRIES) throw error
      current = fetchInfo(run.client, info)
    }
  }
}

/** The entry of one who updated goes into that of who applies. kubernetes: csaupgrade upgradedManagedFields */
const upgraded = (
  entries: readonly ManagedFieldsEntry[],
  from: string,
  to: string,
): readonly ManagedFieldsEntry[] => {
  const isOld = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === from && entry.operation === 'Update' && (entry.subresource ?? '') === ''
  const isNew = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === to && entry.operation === 'Apply' && (entry.subresource ?? '') === ''
  const firstOld = entries.findIndex(isOld)
  const firstNew = entries.findIndex(isNew)
  if (firstOld < 0 && firstNew < 0) return entries
  const place = firstNew < 0 ? firstOld : firstNew
  const target: ManagedFieldsEntry = { ...entries[place]!, manager: to, operation: 'Apply' }
  const old = entries.find((entry) => isOld(entry) && entry.apiVersion === target.apiVersion)
  if (firstNew >= 0 && old === undefined && firstOld < 0) return entries
  const fields = fromFieldsV1(target.fieldsV1)
  const all = old === undefined ? fields : union(fields, fromFieldsV1(old.fieldsV1))
  return entries.flatMap((entry, index) => {
    if (index === place) return [{ ...target, fieldsV1: toFieldsV1(all) }]
    return isOld(entry) ? [] : [entry]
  })
}
