// kubernetes: pkg/controller/deployment/deployment_controller.go syncDeployment
import type { Deployment, DeploymentStatus } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { equal } from '#apimachinery/object.ts'
import { pausedConditions } from '#kube-controller-manager/deployment/conditions.ts'
import { Draft, type Found } from '#kube-controller-manager/deployment/draft.ts'
import { syncNewReplicaSet } from '#kube-controller-manager/deployment/new-replica-set.ts'
import {
  byRevision,
  desiredReplicas,
  sizeOf,
  UNLIMITED,
} from '#kube-controller-manager/deployment/replica-sets.ts'
import { rollOut } from '#kube-controller-manager/deployment/rolling.ts'
import { isScalingEvent, scale } from '#kube-controller-manager/deployment/scale.ts'
import {
  isComplete,
  plainStatus,
  progressCheckAt,
  rolloutStatus,
} from '#kube-controller-manager/deployment/status.ts'

export interface DeploymentPlan {
  readonly create?: ReplicaSet
  readonly update: readonly ReplicaSet[]
  readonly delete: readonly ReplicaSet[]
  /** Messages of ScalingReplicaSet events. */
  readonly events: readonly string[]
  /** The Deployment with its new status and revision; absent if they are as they should be. */
  readonly deployment?: Deployment
  /** When progress must be looked at again. */
  readonly checkAt?: number
}

/** What to do next for a Deployment. Each sync goes one step; the changes it makes bring the next. */
export const planDeployment = (found: Found): DeploymentPlan => {
  const { deployment } = found
  const draft = new Draft(found)
  if (deployment.metadata.deletionTimestamp !== undefined) return finish(draft, plainStatus(draft))
  draft.conditions = pausedConditions(deployment, draft.conditions, found.now)
  if (deployment.spec.paused === true || isScalingEvent(draft)) {
    syncNewReplicaSet(draft, false)
    scale(draft)
    if (deployment.spec.paused === true) cleanUp(draft)
    return finish(draft, plainStatus(draft))
  }
  return deployment.spec.strategy.type === 'Recreate' ? recreate(draft) : rolling(draft)
}

const rolling = (draft: Draft): DeploymentPlan => {
  if (!syncNewReplicaSet(draft, true)) return finish(draft, collided(draft))
  if (!rollOut(draft) && isComplete(draft.deployment, draft.deployment.status ?? {})) cleanUp(draft)
  return finish(draft, rolloutStatus(draft))
}

/** kubernetes: pkg/controller/deployment/recreate.go rolloutRecreate */
const recreate = (draft: Draft): DeploymentPlan => {
  syncNewReplicaSet(draft, false)
  const shrunk = draft.old.filter((old) => draft.scaleTo(old, 0))
  if (shrunk.length > 0) return finish(draft, rolloutStatus(draft))
  if (draft.found.hasPodsBeside(draft.newReplicaSet)) return finish(draft, rolloutStatus(draft))
  if (draft.newReplicaSet === undefined && !syncNewReplicaSet(draft, true))
    return finish(draft, collided(draft))
  const { newReplicaSet, deployment } = draft
  const grown =
    newReplicaSet !== undefined && draft.scaleTo(newReplicaSet, desiredReplicas(deployment))
  if (!grown && isComplete(deployment, deployment.status ?? {})) cleanUp(draft)
  return finish(draft, rolloutStatus(draft))
}

const collided = ({ deployment, collisionCount, conditions }: Draft): DeploymentStatus => ({
  ...deployment.status,
  ...(conditions.length === 0 ? {} : { conditions }),
  ...(collisionCount === undefined ? {} : { collisionCount }),
})

/** Deletes the oldest ReplicaSets beyond the history limit that have no Pods. kubernetes: cleanupDeployment */
const cleanUp = (draft: Draft): void => {
  const limit = draft.deployment.spec.revisionHistoryLimit ?? UNLIMITED
  if (limit === UNLIMITED) return
  const old = draft.old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined)
  for (const replicaSet of old.toSorted(byRevision).slice(0, Math.max(0, old.length - limit))) {
    const { generation = 0 } = replicaSet.metadata
    const { replicas, observedGeneration = 0 } = replicaSet.status
    if (replicas === 0 && sizeOf(replicaSet) === 0 && generation <= observedGeneration)
      draft.delete(replicaSet)
  }
}

const finish = (draft: Draft, status: DeploymentStatus): DeploymentPlan => {
  const { deployment, metadata, created } = draft
  const settled = metadata === deployment.metadata && equal(deployment.status ?? {}, status)
  const checkAt = progressCheckAt(deployment, status)
  return {
    ...(created === undefined ? {} : { create: created }),
    update: draft.updated,
    delete: draft.deleted,
    events: draft.events,
    ...(settled ? {} : { deployment: { ...deployment, metadata, status } }),
    ...(checkAt === undefined ? {} : { checkAt }),
  }
}
