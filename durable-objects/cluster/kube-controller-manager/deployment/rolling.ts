// kubernetes: pkg/controller/deployment/rolling.go
import type { Draft } from '#kube-controller-manager/deployment/draft.ts'
import { newReplicaSetSize } from '#kube-controller-manager/deployment/new-replica-set.ts'
import {
  byCreation,
  desiredReplicas,
  maxUnavailable,
  sizeOf,
  sum,
} from '#kube-controller-manager/deployment/replica-sets.ts'

/** Grows the new ReplicaSet as far as the surge allows, or else shrinks the old ones as far as availability allows. */
export const rollOut = (draft: Draft): boolean => growNew(draft) || shrinkOld(draft)

const growNew = (draft: Draft): boolean => {
  const { deployment, newReplicaSet } = draft
  if (newReplicaSet === undefined) return false
  const desired = desiredReplicas(deployment)
  if (sizeOf(newReplicaSet) > desired) return draft.scaleTo(newReplicaSet, desired)
  return draft.scaleTo(newReplicaSet, newReplicaSetSize(deployment, draft.all, newReplicaSet))
}

/**
 * Old Pods go in two steps: first those that are not available anyway, then as many as leave enough available ones.
 * With 10 replicas, maxUnavailable 2 and maxSurge 3: new at 5 and none of them available, old at 8: 13 - 8 - 5 = 0, nothing goes.
 */
const shrinkOld = (draft: Draft): boolean => {
  const { deployment, newReplicaSet } = draft
  const active = draft.old.filter((replicaSet) => sizeOf(replicaSet) > 0)
  if (active.length === 0 || newReplicaSet === undefined) return false
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment)
  const newUnavailable = sizeOf(newReplicaSet) - (newReplicaSet.status.availableReplicas ?? 0)
  const room = sum(draft.all, sizeOf) - minAvailable - newUnavailable
  if (room <= 0) return false
  const cleaned = removeUnhealthy(draft, room)
  return removeHealthy(draft, minAvailable) || cleaned
}

const oldestFirst = (draft: Draft) =>
  draft.old.filter((replicaSet) => sizeOf(replicaSet) > 0).toSorted(byCreation)

const removeUnhealthy = (draft: Draft, room: number): boolean => {
  let left = room
  for (const old of oldestFirst(draft)) {
    const unhealthy = sizeOf(old) - (old.status.availableReplicas ?? 0)
    const count = Math.min(left, unhealthy)
    if (count <= 0) continue
    draft.scaleTo(old, sizeOf(old) - count)
    left -= count
  }
  return left < room
}

const removeHealthy = (draft: Draft, minAvailable: number): boolean => {
  const available = sum(draft.all, (replicaSet) => replicaSet.status.availableReplicas)
  let left = available - minAvailable
  if (left <= 0) return false
  let removed = false
  for (const old of oldestFirst(draft)) {
    const count = Math.min(sizeOf(old), left)
    if (count <= 0) break
    draft.scaleTo(old, sizeOf(old) - count)
    left -= count
    removed = true
  }
  return removed
}
