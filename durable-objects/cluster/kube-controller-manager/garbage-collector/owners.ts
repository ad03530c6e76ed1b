// kubernetes: pkg/controller/garbagecollector/garbagecollector.go classifyReferences
import type { KubeObject, OwnerReference } from '#apimachinery/object.ts'

export const ORPHAN_FINALIZER = 'orphan'
export const FOREGROUND_FINALIZER = 'foregroundDeletion'

export const hasFinalizer = ({ metadata }: KubeObject, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) === true

/** Whether an object waits for its dependents to go first. */
export const awaitsDependents = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, FOREGROUND_FINALIZER)

/** Whether the garbage collector has something to do before an object can go. */
export const needsCollector = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (hasFinalizer(object, FOREGROUND_FINALIZER) || hasFinalizer(object, ORPHAN_FINALIZER))

/**
 * What is at the other end of an owner reference: the owner, nothing (gone, or another object of that name), or something that cannot
 * be looked up, which keeps its dependents.
 */
export type OwnerLookup = (
  reference: OwnerReference,
  dependent: KubeObject,
) => KubeObject | 'absent' | 'unknown'

export interface Classified {
  readonly solid: readonly OwnerReference[]
  /** Their owner is gone. */
  readonly dangling: readonly OwnerReference[]
  /** Their owner waits in foreground deletion. */
  readonly waiting: readonly OwnerReference[]
}

export const classifyOwners = (object: KubeObject, lookup: OwnerLookup): Classified => {
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  for (const reference of object.metadata.ownerReferences ?? []) {
    const owner = lookup(reference, object)
    if (owner === 'absent') dangling.push(reference)
    else if (owner !== 'unknown' && awaitsDependents(owner)) waiting.push(reference)
    else solid.push(reference)
  }
  return { solid, dangling, waiting }
}
