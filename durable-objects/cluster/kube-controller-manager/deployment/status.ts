// kubernetes: pkg/controller/deployment/sync.go calculateStatus, progress.go syncRolloutStatus
import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
} from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import {
  findCondition,
  hasProgressDeadline,
  newCondition,
  withCondition,
  withoutCondition,
  type Conditions,
} from '#kube-controller-manager/deployment/conditions.ts'
import type { Draft } from '#kube-controller-manager/deployment/draft.ts'
import {
  desiredReplicas,
  maxUnavailable,
  sizeOf,
  sum,
} from '#kube-controller-manager/deployment/replica-sets.ts'

/** The counts and the Available condition. */
export const plainStatus = (draft: Draft): DeploymentStatus => {
  const { deployment, all, newReplicaSet, now } = draft
  const available = sum(all, (rs) => rs.status.availableReplicas)
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment)
  const condition = enough
    ? newCondition('Available', 'True', {
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
        now,
      })
    : newCondition('Available', 'False', {
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
        now,
      })
  const terminating = all.some((rs) => rs.status.terminatingReplicas !== undefined)
    ? sum(all, (rs) => rs.status.terminatingReplicas)
    : undefined
  return {
    ...count('availableReplicas', available),
    ...(draft.collisionCount === undefined ? {} : { collisionCount: draft.collisionCount }),
    conditions: withCondition(draft.conditions, condition),
    ...count('observedGeneration', deployment.metadata.generation ?? 0),
    ...count(
      'readyReplicas',
      sum(all, (rs) => rs.status.readyReplicas),
    ),
    ...count(
      'replicas',
      sum(all, (rs) => rs.status.replicas),
    ),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    ...count('unavailableReplicas', Math.max(0, sum(all, sizeOf) - available)),
    ...count('updatedReplicas', newReplicaSet?.status.replicas ?? 0),
  }
}

/** Zeros are left out, as the API server leaves them out. */
const count = (key: keyof DeploymentStatus, value: number): Partial<DeploymentStatus> =>
  value === 0 ? {} : { [key]: value }

/** The status with what it says about a rollout's progress. */
export const rolloutStatus = (draft: Draft): DeploymentStatus => {
  const { deployment } = draft
  const status = plainStatus(draft)
  let conditions = status.conditions ?? []
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing')
  else conditions = withProgress(draft, status, conditions)
  const failure = replicaFailure(draft)
  conditions =
    failure === undefined
      ? withoutCondition(conditions, 'ReplicaFailure')
      : withCondition(conditions, failure)
  return { ...status, conditions }
}

const withProgress = (
  draft: Draft,
  status: DeploymentStatus,
  conditions: Conditions,
): Conditions => {
  const { deployment, newReplicaSet, now } = draft
  const current = findCondition(draft.conditions, 'Progressing')
  const isDone =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) &&
    current?.reason === 'NewReplicaSetAvailable'
  if (isDone) return conditions
  const who =
    newReplicaSet === undefined
      ? `Deployment "${deployment.metadata.name ?? ''}"`
      : `ReplicaSet "${newReplicaSet.metadata.name ?? ''}"`
  const set = (value: 'True' | 'False', reason: string, text: string, on: Conditions) => {
    const why = { reason, message: `${who} ${text}`, now }
    return withCondition(on, newCondition('Progressing', value, why))
  }
  if (isComplete(deployment, status))
    return set('True', 'NewReplicaSetAvailable', 'has successfully progressed.', conditions)
  if (hasProgressed(deployment.status ?? {}, status)) {
    // Progress with the same reason as before still moves lastUpdateTime, from which the deadline counts.
    const renewed = set(
      'True',
      'ReplicaSetUpdated',
      'is progressing.',
      withoutCondition(conditions, 'Progressing'),
    )
    return current?.status === 'True' ? keepTransition(renewed, current) : renewed
  }
  if (hasTimedOut(draft, current))
    return set('False', 'ProgressDeadlineExceeded', 'has timed out progressing.', conditions)
  return conditions
}

const keepTransition = (conditions: Conditions, before: DeploymentCondition): Conditions =>
  conditions.map((condition) =>
    condition.type === 'Progressing' && before.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: before.lastTransitionTime }
      : condition,
  )

/** kubernetes: DeploymentComplete */
export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean => {
  const desired = desiredReplicas(deployment)
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** kubernetes: DeploymentProgressing */
const hasProgressed = (old: DeploymentStatus, status: DeploymentStatus): boolean => {
  const outdated = (one: DeploymentStatus): number =>
    (one.replicas ?? 0) - (one.updatedReplicas ?? 0)
  return (
    (status.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    outdated(status) < outdated(old) ||
    (status.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  )
}

/** The moment after which the rollout counts as stuck, if it can. */
const deadlineOf = (
  deployment: Deployment,
  condition: DeploymentCondition | undefined,
): number | undefined => {
  if (!hasProgressDeadline(deployment) || condition?.lastUpdateTime === undefined) return undefined
  return parseTime(condition.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000
}

const hasTimedOut = (
  { deployment, now }: Draft,
  current: DeploymentCondition | undefined,
): boolean => {
  if (current?.reason === 'NewReplicaSetAvailable') return false
  if (current?.reason === 'ProgressDeadlineExceeded') return true
  const deadline = deadlineOf(deployment, current)
  return deadline !== undefined && deadline < now
}

/**
 * When the progress of a rollout must be looked at again: the first moment at which it counts as stuck, where upstream takes a second
 * more, so that it does not matter who else looks meanwhile. kubernetes: requeueStuckDeployment
 */
export const progressCheckAt = (
  deployment: Deployment,
  status: DeploymentStatus,
): number | undefined => {
  const current = findCondition(status.conditions ?? [], 'Progressing')
  if (current?.reason === 'ProgressDeadlineExceeded' || isComplete(deployment, status))
    return undefined
  if (current?.reason === 'NewReplicaSetAvailable' || deployment.spec.paused === true)
    return undefined
  const deadline = deadlineOf(deployment, current)
  return deadline === undefined ? undefined : deadline + 1
}

/** kubernetes: getReplicaFailures, ReplicaSetToDeploymentCondition */
const replicaFailure = ({ all, newReplicaSet }: Draft): DeploymentCondition | undefined => {
  const failureOf = (replicaSet: ReplicaSet) =>
    replicaSet.status.conditions?.find((condition) => condition.type === 'ReplicaFailure')
  const failure =
    (newReplicaSet && failureOf(newReplicaSet)) ??
    all.map(failureOf).find((one) => one !== undefined)
  if (failure === undefined) return undefined
  const { lastTransitionTime } = failure
  return {
    ...failure,
    ...(lastTransitionTime === undefined ? {} : { lastUpdateTime: lastTransitionTime }),
  }
}
