// kubernetes: pkg/controller/daemon/daemon_controller.go updateDaemonSetStatus
import type { DaemonSet, DaemonSetStatus } from '#api/apps/v1/daemon-set/types.ts'
import type { NodePods } from '#kube-controller-manager/daemonset/nodes.ts'
import { isUpdated } from '#kube-controller-manager/daemonset/template.ts'
import { isPodAvailable, isPodReady } from '#kube-controller-manager/pod-state.ts'

export const daemonSetStatus = (
  set: DaemonSet,
  nodes: readonly NodePods[],
  seen: { readonly hash: string; readonly collisionCount: number; readonly now: number },
): DaemonSetStatus => {
  const wanted = nodes.filter((node) => node.shouldRun)
  const oldest = wanted.flatMap((node) => node.pods[0] ?? [])
  const ready = oldest.filter(isPodReady)
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const available = ready.filter((pod) => isPodAvailable(pod, minReadySeconds, seen.now)).length
  const unavailable = wanted.length - available
  const updated = oldest.filter((pod) => isUpdated(set, pod, seen.hash)).length
  const { conditions } = set.status
  return {
    ...(seen.collisionCount === 0 ? {} : { collisionCount: seen.collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
    currentNumberScheduled: oldest.length,
    desiredNumberScheduled: wanted.length,
    ...(available === 0 ? {} : { numberAvailable: available }),
    numberMisscheduled: nodes.filter((node) => !node.shouldRun && node.pods.length > 0).length,
    numberReady: ready.length,
    ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
  }
}
