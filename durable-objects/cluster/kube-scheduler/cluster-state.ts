import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Change, Client } from '#client/client.ts'
import { keyOf } from '#apimachinery/object.ts'
import { affinityTermsOf, type AffinityTerms } from '#kube-scheduler/affinity-terms.ts'
import { priorityOf } from '#kube-scheduler/filter-status.ts'
import { MatchCounts } from '#kube-scheduler/match-counts.ts'
import { NodeInfo } from '#kube-scheduler/node-info.ts'

/** A Pod on a node that has wishes about its neighbours. */
interface PodWithTerms {
  readonly pod: Pod
  readonly terms: AffinityTerms
}

type PodMove = 'came' | 'left' | 'changed'

/**
 * What the scheduler knows of the cluster: the nodes with their sums, who wants whom as neighbour, and which Pods have a place promised.
 * All of it follows from the objects.
 */
export class ClusterState {
  /** Goes up with every change that matters to scheduling. */
  version = 0
  readonly counts: MatchCounts
  readonly withTerms = new Map<string, PodWithTerms>()
  /** Pods that wait for a node that is being cleared for them. */
  readonly nominated = new Map<string, Pod>()
  readonly #client: Client
  readonly #nodes = new Map<string, NodeInfo>()
  readonly #placed = new Map<string, Pod>()
  readonly #priorities = new Map<number, number>()
  #sorted: readonly NodeInfo[] | undefined

  constructor(client: Client) {
    this.#client = client
    this.counts = new MatchCounts(() => this.#placed.values())
  }

  /** All nodes by name. */
  nodes(): readonly NodeInfo[] {
    return (this.#sorted ??= [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name)
  }

  /** Takes in what is there. */
  load(): void {
    for (const node of this.#client.list('nodes')) this.nodeChanged({ type: 'ADDED', object: node })
    for (const pod of this.#client.list('pods')) this.podChanged({ type: 'ADDED', object: pod })
  }

  /** Says whether the change may let a Pod be scheduled. */
  nodeChanged({ type, object, old }: Change<Node>): boolean {
    const name = object.metadata.name ?? ''
    const info = this.#nodes.get(name)
    if (type === 'DELETED') {
      this.#nodes.delete(name)
      this.#sorted = undefined
      this.version++
      return false
    }
    if (info !== undefined) {
      info.node = object
      if (old !== undefined && !nodeMatters(old, object)) return false
      this.version++
      return true
    }
    const fresh = new NodeInfo(object)
    for (const pod of this.#client.list('pods', { node: name }))
      if (this.#placed.has(keyOf(pod))) fresh.add(keyOf(pod), pod)
    this.#nodes.set(name, fresh)
    this.#sorted = undefined
    this.version++
    return true
  }

  podChanged({ type, object }: Change<Pod>): PodMove | undefined {
    const key = keyOf(object)
    const before = this.#placed.get(key)
    const after = type !== 'DELETED' && isPlaced(object) ? object : undefined
    this.#nominate(key, type === 'DELETED' || after !== undefined ? undefined : object)
    if (before === undefined && after === undefined) return undefined
    if (before !== undefined && after !== undefined && isSameToScheduling(before, after)) {
      this.#placed.set(key, after)
      this.#nodes.get(after.spec.nodeName!)?.pods.set(key, after)
      return undefined
    }
    this.version++
    if (before !== undefined) this.#remove(key, before)
    if (after !== undefined) this.#add(key, after)
    if (before === undefined) return 'came'
    if (after === undefined) return 'left'
    return isSameToPlugins(before, after) ? undefined : 'changed'
  }

  #nominate(key: string, pod: Pod | undefined): void {
    if ((pod?.status.nominatedNodeName ?? '') === '') this.nominated.delete(key)
    else this.nominated.set(key, pod!)
  }

  /** Some Pod on a node is less important than this. */
  hasLessImportant(priority: number): boolean {
    for (const other of this.#priorities.keys()) if (other < priority) return true
    return false
  }

  #countPriority(pod: Pod, sign: 1 | -1): void {
    const priority = priorityOf(pod)
    const count = (this.#priorities.get(priority) ?? 0) + sign
    if (count === 0) this.#priorities.delete(priority)
    else this.#priorities.set(priority, count)
  }

  #add(key: string, pod: Pod): void {
    this.#countPriority(pod, 1)
    this.#placed.set(key, pod)
    this.#nodes.get(pod.spec.nodeName!)?.add(key, pod)
    this.counts.changed(pod, 1)
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
    if (podAffinity !== undefined || podAntiAffinity !== undefined)
      this.withTerms.set(key, { pod, terms: affinityTermsOf(pod) })
  }

  #remove(key: string, pod: Pod): void {
    this.#countPriority(pod, -1)
    this.#placed.delete(key)
    this.#nodes.get(pod.spec.nodeName!)?.remove(key)
    this.counts.changed(pod, -1)
    this.withTerms.delete(key)
  }
}

export const hasEnded = ({ status }: Pod): boolean =>
  status.phase === 'Succeeded' || status.phase === 'Failed'

const isPlaced = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== '' && !hasEnded(pod)

const isSameToScheduling = (a: Pod, b: Pod): boolean =>
  isSameToPlugins(a, b) && a.metadata.deletionTimestamp === b.metadata.deletionTimestamp

/** A Pod that begins to leave wakes nobody: its place is free when it has left. */
const isSameToPlugins = (a: Pod, b: Pod): boolean =>
  a.spec.nodeName === b.spec.nodeName &&
  a.spec.containers === b.spec.containers &&
  a.spec.affinity === b.spec.affinity &&
  a.spec.priority === b.spec.priority &&
  a.metadata.labels === b.metadata.labels &&
  pendingResizeOf(a) === pendingResizeOf(b)

const pendingResizeOf = ({ status }: Pod): string | undefined =>
  status.conditions?.find(({ type }) => type === 'PodResizePending')?.reason

const nodeMatters = (a: Node, b: Node): boolean =>
  a.metadata.labels !== b.metadata.labels ||
  a.spec.taints !== b.spec.taints ||
  a.spec.unschedulable !== b.spec.unschedulable ||
  a.status.allocatable !== b.status.allocatable
