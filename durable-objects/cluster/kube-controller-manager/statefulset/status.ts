// kubernetes: pkg/controller/statefulset/stateful_set_control.go updateStatus, stateful_set_utils.go completeRollingUpdate
import type { StatefulSet, StatefulSetStatus } from '#api/apps/v1/stateful-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { revisionLabelOf } from '#kube-controller-manager/controller-history/revisions.ts'
import { isPodAvailable } from '#kube-controller-manager/pod-state.ts'
import { isRunningAndReady } from '#kube-controller-manager/statefulset/plan.ts'

export interface StatusSeen {
  readonly set: StatefulSet
  readonly pods: readonly Pod[]
  readonly currentRevision: string
  readonly updateRevision: string
  readonly collisionCount: number
  readonly now: number
}

export const statefulSetStatus = (seen: StatusSeen): StatefulSetStatus => {
  const { set, pods, currentRevision, updateRevision } = seen
  const count = (counts: (pod: Pod) => boolean): number => pods.filter(counts).length
  const isOf = (revision: string) => (pod: Pod) =>
    pod.metadata.deletionTimestamp === undefined && revisionLabelOf(pod) === revision
  const ready = count(isRunningAndReady)
  const updated = count(isOf(updateRevision))
  const complete =
    set.spec.updateStrategy.type === 'RollingUpdate' &&
    updated === pods.length &&
    ready === pods.length
  const current = complete ? updated : count(isOf(currentRevision))
  const { conditions } = set.status
  return {
    availableReplicas: count(
      (pod) =>
        isRunningAndReady(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, seen.now),
    ),
    collisionCount: seen.collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
    ...(current === 0 ? {} : { currentReplicas: current }),
    currentRevision: complete ? updateRevision : currentRevision,
    observedGeneration: set.metadata.generation ?? 0,
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    replicas: pods.length,
    updateRevision,
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
  }
}
