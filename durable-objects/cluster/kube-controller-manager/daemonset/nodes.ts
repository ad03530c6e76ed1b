// kubernetes: pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod, podsShouldBeOnNode
import { append } from '#apimachinery/append.ts'
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import { matchesNodeAffinity } from '#api/core/v1/pod/node-affinity.ts'
import { untoleratedTaint } from '#api/core/v1/pod/tolerations.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { scaledValue } from '#kube-controller-manager/int-or-percent.ts'
import { isPodAvailable, isPodFinished, isPodReady } from '#kube-controller-manager/pod-state.ts'
import { isUpdated, targetNode } from '#kube-controller-manager/daemonset/template.ts'

export interface NodeVerdict {
  readonly shouldRun: boolean
  readonly shouldContinue: boolean
}

/** Whether a daemon belongs on a node. `spec` has the daemon's tolerations. A running one stays until a NoExecute taint. */
export const judgeNode = (spec: PodSpec, node: Node): NodeVerdict => {
  const { nodeName = '' } = spec
  if ((nodeName !== '' && nodeName !== node.metadata.name) || !matchesNodeAffinity(spec, node))
    return { shouldRun: false, shouldContinue: false }
  const { taints } = node.spec
  if (untoleratedTaint(taints, spec.tolerations, ['NoExecute', 'NoSchedule']) === undefined)
    return { shouldRun: true, shouldContinue: true }
  const evicted = untoleratedTaint(taints, spec.tolerations, ['NoExecute']) !== undefined
  return { shouldRun: false, shouldContinue: !evicted }
}

/** A node and the daemon's Pods on it, oldest first. */
export interface NodePods extends NodeVerdict {
  readonly name: string
  readonly pods: readonly Pod[]
}

/** The nodes with the Pods that are on them or made for them; Pods of nodes that are gone come under nodes that want none. */
export const podsByNode = (
  nodes: readonly Node[],
  spec: PodSpec,
  pods: readonly Pod[],
): readonly NodePods[] => {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    // What is finished and on its way out is nobody's any more.
    if (isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined) continue
    const name = targetNode(pod)
    if (name === undefined) continue
    const there = byNode.get(name)
    if (there === undefined) byNode.set(name, [pod])
    else there.push(pod)
  }
  return nodes.map((node) => {
    const name = node.metadata.name ?? ''
    return { name, ...judgeNode(spec, node), pods: (byNode.get(name) ?? []).sort(oldestFirst) }
  })
}

/** Scheduled before unscheduled, then by age. kubernetes: podByCreationTimestampAndPhase */
const oldestFirst = (a: Pod, b: Pod): number =>
  Number((a.spec.nodeName ?? '') === '') - Number((b.spec.nodeName ?? '') === '') ||
  compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
  compareText(a.metadata.name ?? '', b.metadata.name ?? '')

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const maxUnavailable = (set: DaemonSet, desired: number): number => {
  const { rollingUpdate } = set.spec.updateStrategy
  const unavailable = scaledValue(rollingUpdate?.maxUnavailable ?? 1, desired, 'up')
  return desired > 0 && unavailable === 0 && maxSurge(set, desired) === 0 ? 1 : unavailable
}

export const maxSurge = (set: DaemonSet, desired: number): number =>
  set.spec.updateStrategy.type === 'RollingUpdate'
    ? scaledValue(set.spec.updateStrategy.rollingUpdate?.maxSurge, desired, 'up')
    : 0

export interface DaemonPlan {
  readonly createOn: readonly string[]
  readonly remove: readonly Pod[]
  /** Pods that ended: they are taken away with an event and come again. */
  readonly ended: readonly Pod[]
}

/** Which Pods to make and take away so that each node that should have the daemon has one. kubernetes: manage */
export const planNodes = (
  set: DaemonSet,
  nodes: readonly NodePods[],
  hash: string,
  now: number,
): DaemonPlan => {
  const createOn: string[] = []
  const remove: Pod[] = []
  const ended: Pod[] = []
  const surges = maxSurge(set, nodes.filter((node) => node.shouldRun).length) > 0
  for (const { name, shouldRun, shouldContinue, pods } of nodes) {
    const live = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
    if (shouldRun && pods.length === 0) createOn.push(name)
    else if (!shouldContinue) append(remove, live)
    else {
      append(ended, live.filter(isPodFinished))
      const running = live.filter((pod) => !isPodFinished(pod))
      append(remove, surges ? surplusOfSurge(set, running, hash, now) : running.slice(1))
    }
  }
  return { createOn, remove, ended }
}

/** While a new Pod surges beside an old one, both stay until the new one is available or the old one unready. */
const surplusOfSurge = (
  set: DaemonSet,
  running: readonly Pod[],
  hash: string,
  now: number,
): readonly Pod[] => {
  const fresh = running.find((pod) => isUpdated(set, pod, hash))
  const old = running.find((pod) => !isUpdated(set, pod, hash))
  const surplus = running.filter((pod) => pod !== fresh && pod !== old)
  if (fresh === undefined || old === undefined) return surplus
  const done = !isPodReady(old) || isPodAvailable(fresh, set.spec.minReadySeconds ?? 0, now)
  return done ? [...surplus, old] : surplus
}
