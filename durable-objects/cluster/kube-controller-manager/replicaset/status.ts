// kubernetes: pkg/controller/replicaset/replica_set_utils.go calculateStatus
import type { ReplicaSetCondition, ReplicaSetStatus } from '#api/apps/v1/replica-set/types.ts'
import { equal } from '#apimachinery/object.ts'
import type { StatusError } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { PodCounts } from '#kube-controller-manager/replicaset/tally.ts'

export interface ReplicasSeen {
  readonly counts: PodCounts
  readonly countsTerminating: boolean
  readonly desired: number
  readonly generation: number
  readonly failure: StatusError | undefined
  readonly now: number
}

/** The status that describes what was seen; `old` itself if it already does. */
export const replicasStatus = <T extends ReplicaSetStatus>(old: T, seen: ReplicasSeen): T => {
  const { active, available, fullyLabeled, ready, terminating } = seen.counts
  const conditions = conditionsOf(old.conditions ?? [], seen)
  const status: ReplicaSetStatus = {
    ...(available === 0 ? {} : { availableReplicas: available }),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(fullyLabeled === 0 ? {} : { fullyLabeledReplicas: fullyLabeled }),
    observedGeneration: seen.generation,
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    replicas: active,
    ...(seen.countsTerminating ? { terminatingReplicas: terminating } : {}),
  }
  return equal(withoutZeros(old), status) ? old : (status as T)
}

/** Whether zeros are written or left out is the server's business. */
const withoutZeros = (status: ReplicaSetStatus): ReplicaSetStatus => {
  const { replicas = 0, terminatingReplicas, ...rest } = status
  const kept = Object.entries(rest).filter(
    ([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0),
  )
  return {
    ...Object.fromEntries(kept),
    replicas,
    ...(terminatingReplicas === undefined ? {} : { terminatingReplicas }),
  }
}

const conditionsOf = (
  old: readonly ReplicaSetCondition[],
  { failure, counts, desired, now }: ReplicasSeen,
): readonly ReplicaSetCondition[] => {
  const has = old.some((condition) => condition.type === 'ReplicaFailure')
  if (failure === undefined)
    return has ? old.filter((condition) => condition.type !== 'ReplicaFailure') : old
  if (has) return old
  const condition: ReplicaSetCondition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(now),
    reason: counts.active < desired ? 'FailedCreate' : 'FailedDelete',
    message: failure.message,
  }
  return [...old, condition]
}
