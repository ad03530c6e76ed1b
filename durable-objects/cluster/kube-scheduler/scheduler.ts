// kubernetes: pkg/scheduler/scheduler.go, schedule_one.go, eventhandlers.go
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Change, Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import type { Cause } from '#apimachinery/origin.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { ClusterState, hasEnded } from '#kube-scheduler/cluster-state.ts'
import { DefaultSelectors } from '#kube-scheduler/default-selector.ts'
import { FailureMemo, judgeFailure, type Failure } from '#kube-scheduler/failure.ts'
import { bound, evict, recordFailure, recordScheduled } from '#kube-scheduler/pod-writes.ts'
import { nodeMayHelp, objectors } from '#kube-scheduler/queueing-hints.ts'
import { bindVolumes } from '#kube-scheduler/volume-writes.ts'
import { schedulePod, type Outcome } from '#kube-scheduler/schedule-pod.ts'
import { SchedulingQueue, type ClusterEvent } from '#kube-scheduler/scheduling-queue.ts'

/** What decides about the volumes of Pods. */
const STORAGE = [
  'persistentvolumeclaims',
  'persistentvolumes',
  'storageclasses.storage.k8s.io',
] as const

/** Memory: the nodes of Pods that wait for their volumes. */
const RESERVED = 'volumes/'

/** The plugin that holds back Pods whose volumes are being bound. */
const VOLUME_BINDING: ReadonlySet<string> = new Set(['VolumeBinding'])

/**
 * Gives every Pod a node. The keys of its work queue only say that Pods wait; which is next, the scheduling queue says, by importance.
 */
class Scheduler implements Component {
  readonly name = 'default-scheduler'
  readonly queue: WorkQueue
  readonly #context: ComponentContext
  readonly #client: Client
  readonly #selectors: DefaultSelectors
  readonly #pending = new SchedulingQueue()
  readonly #memo = new FailureMemo()
  /** Why each of the pending is to be tried: their order is not that of the queue. */
  readonly #causes = new Map<string, Cause | undefined>()
  #state: ClusterState

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    this.#state = new ClusterState(client)
    this.#selectors = new DefaultSelectors(client)
    client.watch('nodes', (change) => {
      if (this.#state.nodeChanged(change)) this.#wakeByNode(change)
    })
    client.watch('pods', (change) => this.#podChanged(change))
    for (const resource of STORAGE) client.watch(resource, () => this.#wake('claim'))
  }

  resync(): void {
    this.#state = new ClusterState(this.#client)
    this.#state.load()
    this.#selectors.load()
    for (const pod of this.#client.list('pods')) {
      if (!isPending(pod)) continue
      const refusal = refusalOf(pod)
      // what was tried in vain waits on for what it waited for: waking up changes nothing
      if (this.queue.retryDueAt(keyOf(pod)) !== undefined) this.queue.add(keyOf(pod))
      else if (refusal === undefined) this.#enqueue(pod)
      else this.#pending.park(keyOf(pod), objectors(refusal))
    }
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const asked = this.#client.get('pods', namespace, name)
    if (asked !== undefined && isPending(asked) && !this.#pending.has(key)) {
      this.#pending.add(asked)
      this.#causes.set(key, this.queue.cause)
    }
    const next = this.#pending.pop()
    if (next === undefined) return
    this.queue.cause = this.#causes.get(next)
    try {
      this.#schedule(next)
      this.queue.forget(next)
    } catch (error) {
      if (next === key || !(error instanceof StatusError)) throw error
      this.queue.retry(next)
    } finally {
      const following = this.#pending.peek()
      if (following !== undefined) this.queue.add(following)
    }
  }

  #schedule(key: string): void {
    const { namespace, name } = splitKey(key)
    const pod = this.#client.get('pods', namespace, name)
    if (pod === undefined || !isPending(pod)) return
    const reserved = this.#reservedNode(key)
    if (reserved !== undefined && this.#bind(pod, reserved)) return
    const known = this.#memo.get(pod, this.#state.version)
    if (known !== undefined) {
      this.#fail(pod, known)
      return
    }
    const outcome = schedulePod(pod, this.#state, this.#client, this.#selectors)
    if (outcome.kind === 'node') this.#bind(pod, outcome.node)
    else this.#judge(pod, outcome)
  }

  /** Where a Pod goes as soon as it has its volumes. */
  #reservedNode(key: string): string | undefined {
    const name = this.#context.memory.get(RESERVED + key)
    return name === undefined || this.#state.node(name) === undefined ? undefined : name
  }

  /** False if the volumes that the Pod was to have on the node are not to be had any more. */
  #bind(pod: Pod, node: string): boolean {
    const key = keyOf(pod)
    const volumes = bindVolumes(pod, this.#state.node(node)!.node, this.#client)
    if (volumes === 'waiting') {
      this.#context.memory.set(RESERVED + key, node)
      this.#pending.park(key, VOLUME_BINDING)
      return true
    }
    this.#unreserve(key)
    if (volumes === 'impossible') return false
    this.#client.update('pods', bound(pod, node, this.#client.now()), { subresource: 'binding' })
    recordScheduled(this.#context.events, pod, node)
    return true
  }

  #judge(pod: Pod, outcome: Exclude<Outcome, { kind: 'node' }>): void {
    const failure = judgeFailure(pod, outcome, this.#state, this.#client)
    if (failure.candidate === undefined) this.#memo.set(pod, this.#state.version, failure)
    this.#fail(pod, failure)
    if (failure.candidate === undefined) return
    for (const victim of failure.candidate.victims)
      evict(this.#client, this.#context.events, victim, pod, failure.candidate.node)
  }

  #fail(pod: Pod, failure: Failure): void {
    this.#pending.park(keyOf(pod), objectors(failure.message))
    recordFailure(this.#client, this.#context.events, pod, failure)
  }

  #podChanged(change: Change<Pod>): void {
    const { type, object, old } = change
    const move = this.#state.podChanged(change)
    if (type === 'DELETED' || !isPending(object)) this.#forget(object)
    else if (old === undefined || !isSameToScheduler(old, object)) this.#enqueue(object)
    if (move === 'left' || move === 'changed') this.#wake('pod-left')
    if (move === 'came' || move === 'changed') this.#wake('pod-came')
  }

  #forget(pod: Pod): void {
    const key = keyOf(pod)
    this.#pending.delete(key)
    this.#causes.delete(key)
    this.#unreserve(key)
  }

  #unreserve(key: string): void {
    const { memory } = this.#context
    if (memory.get(RESERVED + key) !== undefined) memory.delete(RESERVED + key)
  }

  #enqueue(pod: Pod): void {
    this.#pending.add(pod)
    this.#causes.set(keyOf(pod), this.queue.cause)
    this.queue.add(keyOf(pod))
  }

  #wake(event: ClusterEvent): void {
    for (const pod of this.#waiting(event)) this.#enqueue(pod)
  }

  #wakeByNode({ object, old }: Change<Node>): void {
    const info = this.#state.node(object.metadata.name ?? '')
    if (info === undefined) return
    for (const pod of this.#waiting('node'))
      if (nodeMayHelp(pod, this.#pending.objectors(keyOf(pod)), info, old)) this.#enqueue(pod)
  }

  /** The Pods that wait for such an event, the oldest first. */
  #waiting(event: ClusterEvent): readonly Pod[] {
    const pods = [...this.#pending.wokenBy(event)].flatMap((key) => {
      const { namespace, name } = splitKey(key)
      return this.#client.get('pods', namespace, name) ?? []
    })
    return pods.sort(byAge)
  }
}

/** Why the Pod found no node the last time. */
const refusalOf = ({ status }: Pod): string | undefined => {
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled')
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable'
    ? (scheduled.message ?? '')
    : undefined
}

/** By creation, and within a second by when they were last tried. */
const byAge = (a: Pod, b: Pod): number => {
  const [x, y] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? '') as [string, string]
  if (x !== y) return x < y ? -1 : 1
  return Number(a.metadata.resourceVersion ?? 0) - Number(b.metadata.resourceVersion ?? 0)
}

/** The Pod is ours to schedule. */
const isPending = (pod: Pod): boolean =>
  (pod.spec.nodeName ?? '') === '' &&
  (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler' &&
  (pod.spec.schedulingGates ?? []).length === 0 &&
  pod.metadata.deletionTimestamp === undefined &&
  !hasEnded(pod)

const isSameToScheduler = (a: Pod, b: Pod): boolean =>
  a.spec === b.spec && a.metadata.labels === b.metadata.labels

export const scheduler: ComponentDefinition = {
  name: 'default-scheduler',
  manager: 'kube-scheduler',
  username: 'system:kube-scheduler',
  create: (context) => new Scheduler(context),
}
