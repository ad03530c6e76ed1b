import type { DeleteOptions } from '#api/strategy.ts'
import { equal, type KubeObject } from '#apimachinery/object.ts'
import { conflict, forbidden, notFound, type Status } from '#apimachinery/status-error.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import { withMetadata } from '#kube-apiserver/registry/object-meta.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import {
  groupKindOf,
  groupResourceOf,
  readStored,
  writeStored,
  type Resource,
} from '#kube-apiserver/resources.ts'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

export interface DeleteResult {
  /** The object as it is now, or as it last was. */
  readonly object: KubeObject
  /** False: it waits for finalizers or its grace period. */
  readonly removed: boolean
}

/** kubernetes: apiserver pkg/registry/generic/registry/store.go Delete, pkg/registry/rest/delete.go BeforeDelete */
export const remove = (
  context: RegistryContext,
  operation: Operation,
  name: string,
  given: DeleteOptions,
): DeleteResult => {
  const { resource, namespace } = operation
  const options = withPositivePeriod(given)
  const needed = resource.strategy.mayNotBeDeleted?.(name)
  if (needed !== undefined) throw forbidden(groupResourceOf(resource), name, needed)
  const stored = context.etcd.get(resource.name, namespace, name)
  if (stored === undefined) throw notFound(groupResourceOf(resource), name)
  const live = readStored(resource, stored)
  checkDeletePreconditions(resource, live, options)
  context.admission.validate({
    operation: 'DELETE',
    resource,
    namespace,
    name,
    object: undefined,
    old: live,
    user: operation.user,
    dryRun: operation.dryRun,
    warnings: operation.warnings,
  })

  const graceful = beginGracefulDeletion(context, resource, live, options)
  if (graceful === 'pending') return { object: live, removed: false }
  const finalizers = finalizersFor(resource, live, options)
  const held = resource.strategy.heldWhileDeleting?.(live, context.now())
  if (
    held?.metadata.deletionTimestamp !== undefined &&
    live.metadata.deletionTimestamp === undefined
  )
    return put(context, operation, held)
  if (graceful === undefined && finalizers.length === 0 && held === undefined)
    return removeNow(context, operation, live)

  const marked = graceful ?? markDeleting(context, held ?? live)
  const next = withMetadata(marked, {
    finalizers: finalizers.length === 0 ? undefined : finalizers,
  })
  if (
    graceful !== undefined &&
    finalizers.length === 0 &&
    graceful.metadata.deletionGracePeriodSeconds === 0
  )
    return removeNow(context, operation, live)
  const changed = {
    ...next,
    metadata: equal(next.metadata, live.metadata) ? live.metadata : next.metadata,
  }
  if (equal(changed, live)) return { object: live, removed: false }
  return put(context, operation, changed)
}

const put = (
  context: RegistryContext,
  { resource, dryRun }: Operation,
  object: KubeObject,
): DeleteResult => ({
  object: dryRun
    ? object
    : readStored(resource, context.etcd.put(resource.name, writeStored(resource, object))),
  removed: false,
})

/** A negative period counts as one second. */
const withPositivePeriod = (options: DeleteOptions): DeleteOptions =>
  (options.gracePeriodSeconds ?? 0) < 0 ? { ...options, gracePeriodSeconds: 1 } : options

// Namespaces check for themselves. kubernetes: rest.BeforeDelete, pkg/registry/core/namespace/storage/storage.go Delete
export const checkDeletePreconditions = (
  resource: Resource,
  live: KubeObject,
  { preconditions }: DeleteOptions,
): void => {
  const { name = '', uid = '', resourceVersion = '' } = live.metadata
  const isNamespace = resource.name === 'namespaces'
  const { group, kind } = groupKindOf(resource)
  const of = isNamespace ? groupResourceOf(resource) : { group, resource: kind }
  const check = (field: 'UID' | 'ResourceVersion', asked: string | undefined, actual: string) => {
    if (asked === undefined || asked === actual) return
    const what = field === 'UID' ? 'deleted and then recreated' : 'modified'
    throw conflict(
      of,
      name,
      isNamespace
        ? `Precondition failed: ${field} in precondition: ${asked}, ${field} in object meta: ${actual}`
        : `the ${field} in the precondition (${asked}) does not match the ${field} in record (${actual}). The object might have been ${what}`,
    )
  }
  check('UID', preconditions?.uid, uid)
  check('ResourceVersion', preconditions?.resourceVersion, resourceVersion)
}

const removeNow = (
  context: RegistryContext,
  operation: Operation,
  live: KubeObject,
): DeleteResult => {
  if (operation.dryRun) return { object: live, removed: true }
  const { resource } = operation
  const last = context.etcd.delete(resource.name, operation.namespace, live.metadata.name ?? '')
  if (last !== undefined) context.hooks[resource.name]?.onDelete?.(last)
  return { object: last === undefined ? live : readStored(resource, last), removed: true }
}

/** The object with its grace period begun; 'pending' if it has begun already and nothing shortens it; undefined if there is none. */
const beginGracefulDeletion = (
  context: RegistryContext,
  resource: Resource,
  live: KubeObject,
  options: DeleteOptions,
): KubeObject | 'pending' | undefined => {
  const seconds = resource.strategy.gracePeriod?.(live, options)
  if (seconds === undefined) return undefined
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation } = live.metadata
  if (deletionTimestamp !== undefined) {
    if (options.gracePeriodSeconds === undefined || seconds >= deletionGracePeriodSeconds) {
      // a second delete may not lengthen the first one's period; one of zero seconds ends it
      return seconds === 0 && deletionGracePeriodSeconds === 0 ? undefined : 'pending'
    }
    const began = parseTime(deletionTimestamp) - deletionGracePeriodSeconds * 1000
    return withMetadata(live, {
      deletionTimestamp: formatTime(began + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
    })
  }
  if (seconds === 0) return undefined
  return withMetadata(live, {
    deletionTimestamp: formatTime(context.now() + seconds * 1000),
    deletionGracePeriodSeconds: seconds,
    ...(generation === undefined ? {} : { generation: generation + 1 }),
  })
}

/** kubernetes: store.go markAsDeleting */
const markDeleting = (context: RegistryContext, object: KubeObject): KubeObject => {
  const { deletionTimestamp, generation } = object.metadata
  if (deletionTimestamp !== undefined)
    return withMetadata(object, { deletionGracePeriodSeconds: 0 })
  return withMetadata(object, {
    deletionTimestamp: formatTime(context.now()),
    deletionGracePeriodSeconds: 0,
    ...(generation === undefined ? {} : { generation: generation + 1 }),
  })
}

/** kubernetes: store.go deletionFinalizersForGarbageCollection */
const finalizersFor = (
  resource: Resource,
  live: KubeObject,
  options: DeleteOptions,
): readonly string[] => {
  const existing = live.metadata.finalizers ?? []
  const orphan = shouldOrphan(resource, existing, options)
  const foreground = !orphan && shouldWaitForDependents(existing, options)
  const kept = existing.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND)
  const wanted = [...kept, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])]
  return equal(wanted, existing) ? existing : wanted
}

const shouldOrphan = (
  resource: Resource,
  existing: readonly string[],
  options: DeleteOptions,
): boolean => {
  if (options.orphanDependents !== undefined) return options.orphanDependents
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan'
  if (existing.includes(ORPHAN)) return true
  if (existing.includes(FOREGROUND)) return false
  return resource.strategy.defaultPropagation === 'Orphan'
}

const shouldWaitForDependents = (existing: readonly string[], options: DeleteOptions): boolean => {
  if (options.orphanDependents !== undefined) return false
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground'
  return existing.includes(FOREGROUND)
}

/** What DELETE answers when the object is gone. */
export const deletedStatus = (resource: Resource, object: KubeObject): Omit<Status, 'code'> => {
  const { group, resource: kind } = groupResourceOf(resource)
  const { name = '', uid } = object.metadata
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(group === '' ? {} : { group }),
      kind,
      ...(uid === undefined ? {} : { uid }),
    },
  }
}
