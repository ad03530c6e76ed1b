// kubernetes: pkg/controller/daemon/update.go rollingUpdate
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import {
  maxSurge,
  maxUnavailable,
  type NodePods,
} from '#kube-controller-manager/daemonset/nodes.ts'
import { isUpdated } from '#kube-controller-manager/daemonset/template.ts'
import { isPodAvailable } from '#kube-controller-manager/pod-state.ts'

export interface RollingPlan {
  readonly remove: readonly Pod[]
  readonly createOn: readonly string[]
}

interface OnNode {
  readonly fresh: Pod | undefined
  readonly old: Pod | undefined
}

/** The next Pods to replace: as many as may be unavailable, or with a surge as many as may run twice. */
export const planRolling = (
  set: DaemonSet,
  nodes: readonly NodePods[],
  hash: string,
  now: number,
): RollingPlan => {
  const wanted = nodes.filter((node) => node.shouldRun || node.pods.length > 0)
  const desired = nodes.filter((node) => node.shouldRun).length
  const available = (pod: Pod): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)
  const onNode = wanted.map((node) => ({ name: node.name, found: onOneNode(set, node.pods, hash) }))
  const surge = maxSurge(set, desired)
  return surge === 0
    ? replace(onNode, available, maxUnavailable(set, desired))
    : surgeOver(onNode, available, surge)
}

/** The live Pod of the new and of an old revision; undefined if there is more than one of a kind. */
const onOneNode = (set: DaemonSet, pods: readonly Pod[], hash: string): OnNode | undefined => {
  const live = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const fresh = live.filter((pod) => isUpdated(set, pod, hash))
  const old = live.filter((pod) => !isUpdated(set, pod, hash))
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] }
}

type Nodes = readonly { readonly name: string; readonly found: OnNode | undefined }[]

const replace = (nodes: Nodes, available: (pod: Pod) => boolean, limit: number): RollingPlan => {
  let unavailable = 0
  const broken: Pod[] = []
  const candidates: Pod[] = []
  for (const { found } of nodes) {
    if (found === undefined || (found.fresh === undefined) === (found.old === undefined))
      unavailable++
    else if (found.fresh !== undefined) unavailable += available(found.fresh) ? 0 : 1
    else if (found.old !== undefined) {
      if (!available(found.old)) broken.push(found.old)
      else candidates.push(found.old)
    }
  }
  const room = Math.max(0, limit - unavailable)
  return { remove: [...broken, ...candidates.slice(0, room)], createOn: [] }
}

const surgeOver = (nodes: Nodes, available: (pod: Pod) => boolean, limit: number): RollingPlan => {
  let surging = 0
  const remove: Pod[] = []
  const broken: string[] = []
  const candidates: string[] = []
  for (const { name, found } of nodes) {
    if (found === undefined) surging++
    else if (found.old === undefined) continue
    else if (found.fresh === undefined) (available(found.old) ? candidates : broken).push(name)
    else if (available(found.fresh)) remove.push(found.old)
    else surging++
  }
  return { remove, createOn: [...broken, ...candidates.slice(0, Math.max(0, limit - surging))] }
}
