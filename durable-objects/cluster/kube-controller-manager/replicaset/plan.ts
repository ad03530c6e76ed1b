// kubernetes: pkg/controller/replicaset/replica_set.go manageReplicas, getPodsToDelete
import type { Pod } from '#api/core/v1/pod/types.ts'
import { isPodActive } from '#kube-controller-manager/pod-state.ts'
import { rankForDeletion } from '#kube-controller-manager/pod-ranking.ts'

export interface ReplicasPlan {
  readonly create: number
  readonly remove: readonly Pod[]
}

/**
 * How to get from the active Pods to the desired number. `related` gives the Pods of all controllers with the same owner: of two Pods
 * the one on the node with more of them goes first.
 */
export const planReplicas = (
  desired: number,
  active: readonly Pod[],
  related: () => readonly Pod[],
  now: number,
): ReplicasPlan => {
  const excess = active.length - desired
  if (excess <= 0) return { create: -excess, remove: [] }
  if (desired === 0) return { create: 0, remove: active }
  const onNode = new Map<string, number>()
  for (const pod of related()) {
    if (!isPodActive(pod)) continue
    const node = pod.spec.nodeName ?? ''
    onNode.set(node, (onNode.get(node) ?? 0) + 1)
  }
  const crowd = (pod: Pod): number => onNode.get(pod.spec.nodeName ?? '') ?? 0
  return { create: 0, remove: rankForDeletion(active, crowd, now).slice(0, excess) }
}
