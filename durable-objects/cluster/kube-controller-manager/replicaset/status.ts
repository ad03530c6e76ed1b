// kubernetes: pkg/controller/replicaset/replica_set_utils.go calculateStatus
import type { ReplicaSetCondition, ReplicaSetStatus } from '#api/apps/v1/replica-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { StringMap } from '#apimachinery/object.ts'
import { equal } from '#apimachinery/object.ts'
import type { StatusError } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { isPodAvailable, isPodReady } from '#kube-controller-manager/pod-state.ts'

export interface ReplicasSeen {
  readonly active: readonly Pod[]
  /** Undefined where the kind has no such field. */
  readonly terminating?: number
  readonly templateLabels: StringMap
  readonly minReadySeconds: number
  readonly desired: number
  readonly generation: number
  readonly failure: StatusError | undefined
  readonly now: number
}

/** The status that describes what was seen; `old` itself if it already does. */
export const replicasStatus = <T extends ReplicaSetStatus>(old: T, seen: ReplicasSeen): T => {
  const { active, minReadySeconds, now } = seen
  const labels = Object.entries(seen.templateLabels)
  let fullyLabeled = 0
  let ready = 0
  let available = 0
  for (const pod of active) {
    if (isFullyLabeled(pod, seen.templateLabels, labels)) fullyLabeled++
    if (!isPodReady(pod)) continue
    ready++
    if (isPodAvailable(pod, minReadySeconds, now)) available++
  }
  const conditions = conditionsOf(old.conditions ?? [], seen)
  const status: ReplicaSetStatus = {
    ...(available === 0 ? {} : { availableReplicas: available }),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(fullyLabeled === 0 ? {} : { fullyLabeledReplicas: fullyLabeled }),
    observedGeneration: seen.generation,
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    replicas: active.length,
    ...(seen.terminating === undefined ? {} : { terminatingReplicas: seen.terminating }),
  }
  return equal(withoutZeros(old), status) ? old : (status as T)
}

const isFullyLabeled = (
  pod: Pod,
  template: StringMap,
  labels: readonly (readonly [string, string])[],
): boolean => {
  const has = pod.metadata.labels
  if (has === template) return true
  return labels.every(
    ([key, value]) => has !== undefined && Object.hasOwn(has, key) && has[key] === value,
  )
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
  { failure, active, desired, now }: ReplicasSeen,
): readonly ReplicaSetCondition[] => {
  const has = old.some((condition) => condition.type === 'ReplicaFailure')
  if (failure === undefined)
    return has ? old.filter((condition) => condition.type !== 'ReplicaFailure') : old
  if (has) return old
  const condition: ReplicaSetCondition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(now),
    reason: active.length < desired ? 'FailedCreate' : 'FailedDelete',
    message: failure.message,
  }
  return [...old, condition]
}
