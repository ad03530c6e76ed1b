// kubernetes: pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem, processDeletingDependentsItem
import { assign, type KubeObject, type OwnerReference } from '#apimachinery/object.ts'
import {
  awaitsDependents,
  classifyOwners,
  FOREGROUND_FINALIZER,
  hasFinalizer,
  ORPHAN_FINALIZER,
  type OwnerLookup,
} from '#kube-controller-manager/garbage-collector/owners.ts'

export interface Dependent {
  readonly resource: string
  readonly object: KubeObject
}

export type CollectorPlan =
  | { readonly do: 'nothing' }
  | { readonly do: 'update'; readonly object: KubeObject }
  | {
      readonly do: 'delete'
      readonly policy: 'Orphan' | 'Foreground' | 'Background'
      /** The object as it must be first, lest it and its owners wait for each other in a circle. */
      readonly unblocked?: KubeObject
    }
  /** The dependents lose their owner, then the object its finalizer. */
  | {
      readonly do: 'orphan'
      readonly dependents: readonly Dependent[]
      readonly object: KubeObject
    }
  /** The dependents must be looked at first. */
  | { readonly do: 'wait'; readonly dependents: readonly Dependent[] }

const NOTHING: CollectorPlan = { do: 'nothing' }

/** What the garbage collector does with one object. */
export const planCollection = (
  object: KubeObject,
  dependents: () => readonly Dependent[],
  lookup: OwnerLookup,
): CollectorPlan => {
  if (object.metadata.deletionTimestamp !== undefined) return planDeleting(object, dependents)
  if ((object.metadata.ownerReferences ?? []).length === 0) return NOTHING
  const { solid, dangling, waiting } = classifyOwners(object, lookup)
  if (dangling.length === 0 && waiting.length === 0) return NOTHING
  if (solid.length > 0) return { do: 'update', object: withOwners(object, solid) }
  const all = waiting.length > 0 ? dependents() : []
  if (all.some((dependent) => awaitsDependents(dependent.object)))
    return { do: 'delete', policy: 'Foreground', unblocked: withoutBlocks(object) }
  if (all.length > 0) return { do: 'delete', policy: 'Foreground' }
  if (hasFinalizer(object, ORPHAN_FINALIZER)) return { do: 'delete', policy: 'Orphan' }
  if (hasFinalizer(object, FOREGROUND_FINALIZER)) return { do: 'delete', policy: 'Foreground' }
  return { do: 'delete', policy: 'Background' }
}

const planDeleting = (
  object: KubeObject,
  dependents: () => readonly Dependent[],
): CollectorPlan => {
  if (hasFinalizer(object, ORPHAN_FINALIZER))
    return {
      do: 'orphan',
      dependents: dependents(),
      object: withoutFinalizer(object, ORPHAN_FINALIZER),
    }
  if (!awaitsDependents(object)) return NOTHING
  const all = dependents()
  if (!all.some((dependent) => blocks(dependent.object, object)))
    return { do: 'update', object: withoutFinalizer(object, FOREGROUND_FINALIZER) }
  return { do: 'wait', dependents: all }
}

const blocks = (dependent: KubeObject, owner: KubeObject): boolean =>
  (dependent.metadata.ownerReferences ?? []).some(
    (reference) => reference.uid === owner.metadata.uid && reference.blockOwnerDeletion === true,
  )

/** kubernetes: patch.go unblockOwnerReferencesStrategicMergePatch */
const withoutBlocks = (object: KubeObject): KubeObject =>
  withOwners(
    object,
    (object.metadata.ownerReferences ?? []).map((reference) =>
      reference.blockOwnerDeletion === true
        ? { ...reference, blockOwnerDeletion: false }
        : reference,
    ),
  )

const withoutFinalizer = (object: KubeObject, finalizer: string): KubeObject => {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  return withMetadata(object, { finalizers: finalizers.length === 0 ? undefined : finalizers })
}

const withOwners = (object: KubeObject, owners: readonly OwnerReference[]): KubeObject =>
  withMetadata(object, { ownerReferences: owners.length === 0 ? undefined : owners })

/** The object without its references to an owner. */
export const withoutOwner = (object: KubeObject, uid: string): KubeObject =>
  withOwners(
    object,
    (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid),
  )

const withMetadata = (
  object: KubeObject,
  changes: {
    readonly finalizers?: readonly string[] | undefined
    readonly ownerReferences?: readonly OwnerReference[] | undefined
  },
): KubeObject => ({ ...object, metadata: assign(object.metadata, changes) })
