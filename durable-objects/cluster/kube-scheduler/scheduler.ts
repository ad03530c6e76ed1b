// kubernetes: pkg/scheduler/scheduler.go, schedule_one.go, eventhandlers.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Change, Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { ClusterState, hasEnded } from '#kube-scheduler/cluster-state.ts'
import { DefaultSelectors } from '#kube-scheduler/default-selector.ts'
import { FailureMemo, judgeFailure, type Failure } from '#kube-scheduler/failure.ts'
import { bound, evict, recordFailure, recordScheduled } from '#kube-scheduler/pod-writes.ts'
import { schedulePod, type Outcome } from '#kube-scheduler/schedule-pod.ts'
import { SchedulingQueue, type ClusterEvent } from '#kube-scheduler/scheduling-queue.ts'

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
  /** Pods tried again only because the cluster woke up: a failure that was told already is not told again. */
  readonly #quiet = new Set<string>()
  #state: ClusterState

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    this.#state = new ClusterState(client)
    this.#selectors = new DefaultSelectors(client)
    client.watch('nodes', (change) => {
      if (this.#state.nodeChanged(change)) this.#wake('node')
    })
    client.watch('pods', (change) => this.#podChanged(change))
    client.watch('persistentvolumeclaims', () => this.#wake('claim'))
  }

  resync(): void {
    this.#state = new ClusterState(this.#client)
    this.#state.load()
    this.#selectors.load()
    for (const pod of this.#client.list('pods')) {
      if (!isPending(pod)) continue
      this.#quiet.add(keyOf(pod))
      this.#enqueue(pod)
    }
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const asked = this.#client.get('pods', namespace, name)
    if (asked !== undefined && isPending(asked) && !this.#pending.has(key)) this.#pending.add(asked)
    const next = this.#pending.pop()
    if (next === undefined) return
    try {
      this.#schedule(next)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      this.queue.retry(next)
    }
    const following = this.#pending.peek()
    if (following !== undefined) this.queue.add(following)
  }

  #schedule(key: string): void {
    const { namespace, name } = splitKey(key)
    const isQuiet = this.#quiet.delete(key)
    const pod = this.#client.get('pods', namespace, name)
    if (pod === undefined || !isPending(pod)) return
    const known = this.#memo.get(pod, this.#state.version)
    if (known !== undefined) {
      this.#fail(pod, known, isQuiet)
      return
    }
    const outcome = schedulePod(pod, this.#state, this.#client, this.#selectors)
    if (outcome.kind === 'node') this.#bind(pod, outcome.node)
    else this.#judge(pod, outcome, isQuiet)
  }

  #bind(pod: Pod, node: string): void {
    this.#client.update('pods', bound(pod, node, this.#client.now()), { subresource: 'binding' })
    recordScheduled(this.#context.events, pod, node)
  }

  #judge(pod: Pod, outcome: Exclude<Outcome, { kind: 'node' }>, isQuiet: boolean): void {
    const failure = judgeFailure(pod, outcome, this.#state, this.#client)
    if (failure.candidate === undefined) this.#memo.set(pod, this.#state.version, failure)
    this.#fail(pod, failure, isQuiet)
    if (failure.candidate === undefined) return
    for (const victim of failure.candidate.victims)
      evict(this.#client, this.#context.events, victim, pod, failure.candidate.node)
  }

  #fail(pod: Pod, failure: Failure, isQuiet: boolean): void {
    this.#pending.park(keyOf(pod), failure.plugins)
    const isTold = pod.status.conditions?.some(
      ({ type, status, reason }) =>
        type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
    )
    if (isQuiet && isTold === true && failure.candidate === undefined) return
    recordFailure(this.#client, this.#context.events, pod, failure)
  }

  #podChanged(change: Change<Pod>): void {
    const { type, object, old } = change
    const move = this.#state.podChanged(change)
    if (type === 'DELETED' || !isPending(object)) {
      this.#pending.delete(keyOf(object))
      this.#quiet.delete(keyOf(object))
    } else if (old === undefined || !isSameToScheduler(old, object)) this.#enqueue(object)
    if (move === 'left' || move === 'changed') this.#wake('pod-left')
    if (move === 'came' || move === 'changed') this.#wake('pod-came')
  }

  #enqueue(pod: Pod): void {
    this.#pending.add(pod)
    this.queue.add(keyOf(pod))
  }

  #wake(event: ClusterEvent): void {
    const woken = [...this.#pending.wokenBy(event)].flatMap((key) => {
      const { namespace, name } = splitKey(key)
      return this.#client.get('pods', namespace, name) ?? []
    })
    for (const pod of woken.sort(byAge)) this.#enqueue(pod)
  }
}

const byAge = (a: Pod, b: Pod): number => {
  const [x, y] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? '') as [string, string]
  return x < y ? -1 : x > y ? 1 : keyOf(a) < keyOf(b) ? -1 : 1
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
