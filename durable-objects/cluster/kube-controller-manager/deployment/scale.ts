// kubernetes: pkg/controller/deployment/sync.go scale, isScalingEvent
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { Draft } from '#kube-controller-manager/deployment/draft.ts'
import {
  byCreation,
  bySizeNewer,
  bySizeOlder,
  desiredAnnotation,
  desiredReplicas,
  isRollingUpdate,
  maxAnnotation,
  maxSurge,
  sizeOf,
  sum,
} from '#kube-controller-manager/deployment/replica-sets.ts'

/** Whether `spec.replicas` changed since its ReplicaSets were last sized. */
export const isScalingEvent = ({ deployment, active }: Draft): boolean =>
  active.some((replicaSet) => {
    const desired = desiredAnnotation(replicaSet)
    return desired !== undefined && desired !== desiredReplicas(deployment)
  })

/** Resizes without furthering a rollout: in its middle all ReplicaSets grow or shrink in proportion. */
export const scale = (draft: Draft): void => {
  const { deployment, newReplicaSet, active } = draft
  const desired = desiredReplicas(deployment)
  const only = onlyActiveOrLatest(draft)
  if (only !== undefined) {
    draft.scaleTo(only, desired)
    return
  }
  if (newReplicaSet !== undefined && isSaturated(deployment, newReplicaSet)) {
    for (const old of draft.old) draft.scaleTo(old, 0)
    return
  }
  if (!isRollingUpdate(deployment)) return
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0
  const toAdd = allowed - sum(active, sizeOf)
  const sorted = active.toSorted(toAdd < 0 ? bySizeOlder : bySizeNewer)
  for (const [name, size] of proportionalSizes(deployment, sorted, toAdd)) {
    const replicaSet = sorted.find((one) => one.metadata.name === name)
    if (replicaSet !== undefined) draft.scale(replicaSet, size)
  }
}

/** Distributes `toAdd` replicas (negative: to take away) over ReplicaSets by their share; the first gets what rounding left over. */
export const proportionalSizes = (
  deployment: Deployment,
  sorted: readonly ReplicaSet[],
  toAdd: number,
): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>()
  let added = 0
  for (const replicaSet of sorted) {
    const share = proportion(replicaSet, deployment, toAdd, added)
    sizes.set(replicaSet.metadata.name ?? '', sizeOf(replicaSet) + share)
    added += share
  }
  const first = sorted[0]?.metadata.name
  if (first !== undefined) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added))
  return sizes
}

/** kubernetes: GetReplicaSetProportion */
const proportion = (
  replicaSet: ReplicaSet,
  deployment: Deployment,
  toAdd: number,
  added: number,
): number => {
  if (sizeOf(replicaSet) === 0 || toAdd === 0 || toAdd === added) return 0
  const fraction = fractionOf(replicaSet, deployment)
  const allowed = toAdd - added
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed)
}

/** By how much a ReplicaSet must change to keep its share of the whole. kubernetes: getReplicaSetFraction */
const fractionOf = (replicaSet: ReplicaSet, deployment: Deployment): number => {
  const size = sizeOf(replicaSet)
  const desired = desiredReplicas(deployment)
  if (desired === 0) return -size
  const before = maxAnnotation(replicaSet) || (deployment.status?.replicas ?? 0)
  if (before === 0) return 0
  const exact = (size * (desired + maxSurge(deployment))) / before
  return Math.trunc(exact < 0 ? exact - 0.5 : exact + 0.5) - size
}

/** The one ReplicaSet with Pods, or the newest if none has any; undefined in the middle of a rollout. kubernetes: FindActiveOrLatest */
const onlyActiveOrLatest = ({ newReplicaSet, old, active }: Draft): ReplicaSet | undefined => {
  if (active.length > 1) return undefined
  return active[0] ?? newReplicaSet ?? old.toSorted(byCreation).at(-1)
}

const isSaturated = (deployment: Deployment, replicaSet: ReplicaSet): boolean => {
  const desired = desiredReplicas(deployment)
  return (
    sizeOf(replicaSet) === desired &&
    desiredAnnotation(replicaSet) === desired &&
    (replicaSet.status.availableReplicas ?? 0) === desired
  )
}
