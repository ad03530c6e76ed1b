// kubernetes: pkg/controller/controller_ref_manager.go
import type { Client } from '#client/client.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { assign, controllerOf, type KubeObject, type OwnerReference } from '#apimachinery/object.ts'
import { controllerRef } from '#kube-controller-manager/controller-ref.ts'

/** What becomes of the objects that a controller owns or could own. */
export interface ClaimPlan<T extends KubeObject> {
  readonly kept: readonly T[]
  /** Without owner and selected: they get the controller as owner. */
  readonly adopted: readonly T[]
  /** Owned, but no longer selected: they lose their owner. */
  readonly released: readonly T[]
}

/** Decides which of `candidates` belong to `owner`. An owner that is being deleted neither adopts nor releases. */
export const planClaims = <T extends KubeObject>(
  owner: KubeObject,
  selector: Selector,
  candidates: { readonly owned: readonly T[]; readonly orphans: readonly T[] },
): ClaimPlan<T> => {
  const deleting = owner.metadata.deletionTimestamp !== undefined
  const controlled = candidates.owned.filter(
    (object) => controllerOf(object)?.uid === owner.metadata.uid,
  )
  const selects = (object: T): boolean => matches(selector, object.metadata.labels)
  const misfits = controlled.filter((object) => !selects(object))
  const isFree = (object: T): boolean =>
    object.metadata.deletionTimestamp === undefined &&
    controllerOf(object) === undefined &&
    selects(object)
  return {
    kept: misfits.length === 0 ? controlled : controlled.filter(selects),
    adopted: deleting ? [] : candidates.orphans.filter(isFree),
    released: deleting ? [] : misfits,
  }
}

export const adopt = <T extends KubeObject>(object: T, owner: KubeObject): T =>
  withOwners(object, [...(object.metadata.ownerReferences ?? []), controllerRef(owner)])

export const release = <T extends KubeObject>(object: T, owner: KubeObject): T =>
  withOwners(
    object,
    (object.metadata.ownerReferences ?? []).filter((ref) => ref.uid !== owner.metadata.uid),
  )

const withOwners = <T extends KubeObject>(object: T, owners: readonly OwnerReference[]): T => ({
  ...object,
  metadata: assign(object.metadata, {
    ownerReferences: owners.length === 0 ? undefined : owners,
  }),
})

/** Claims Pods for a controller: writes what the plan says, returns the Pods that are now its own. */
export const claimPods = (
  client: Client,
  owner: KubeObject,
  selector: Selector,
  orphans: readonly Pod[],
): readonly Pod[] => {
  const owned = client.list('pods', { owner: owner.metadata.uid ?? '' })
  const plan = planClaims(owner, selector, { owned, orphans })
  const adopted = plan.adopted.map((pod) => client.update('pods', adopt(pod, owner)))
  for (const pod of plan.released) client.update('pods', release(pod, owner))
  return adopted.length === 0 ? plan.kept : [...plan.kept, ...adopted]
}
