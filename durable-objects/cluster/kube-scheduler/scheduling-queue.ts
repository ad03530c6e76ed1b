// kubernetes: pkg/scheduler/backend/queue/scheduling_queue.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import { priorityOf } from '#kube-scheduler/filter-status.ts'

/** What may have changed so that a Pod that found no node finds one now. */
export type ClusterEvent = 'node' | 'pod-left' | 'pod-came' | 'claim'

const EVENTS = ['node', 'pod-left', 'pod-came', 'claim'] as const

const WAITS_FOR: Readonly<Record<string, ReadonlySet<ClusterEvent>>> = {
  NodeUnschedulable: new Set(['node']),
  NodeName: new Set(['node']),
  TaintToleration: new Set(['node']),
  NodeAffinity: new Set(['node']),
  NodePorts: new Set(['node', 'pod-left']),
  NodeResourcesFit: new Set(['node', 'pod-left']),
  PodTopologySpread: new Set(['node', 'pod-left', 'pod-came']),
  InterPodAffinity: new Set(['node', 'pod-left', 'pod-came']),
  VolumeBinding: new Set(['node', 'claim']),
}

/**
 * Pods that are to be scheduled, the most important first, then first come, first served; and those that were tried in vain, with what
 * they wait for.
 */
export class SchedulingQueue {
  readonly #active = new Map<number, Set<string>>()
  readonly #priorities = new Map<string, number>()
  readonly #parked = new Map<string, ReadonlySet<string>>()
  readonly #waiting = {
    node: new Set<string>(),
    'pod-left': new Set<string>(),
    'pod-came': new Set<string>(),
    claim: new Set<string>(),
  } satisfies Record<ClusterEvent, Set<string>>

  add(pod: Pod): void {
    const key = keyOf(pod)
    this.delete(key)
    const priority = priorityOf(pod)
    this.#priorities.set(key, priority)
    const keys = this.#active.get(priority)
    if (keys === undefined) this.#active.set(priority, new Set([key]))
    else keys.add(key)
  }

  delete(key: string): void {
    if (this.#parked.delete(key)) for (const event of EVENTS) this.#waiting[event].delete(key)
    const priority = this.#priorities.get(key)
    if (priority === undefined) return
    this.#priorities.delete(key)
    const keys = this.#active.get(priority)
    keys?.delete(key)
    if (keys?.size === 0) this.#active.delete(priority)
  }

  /** Takes the next Pod. */
  pop(): string | undefined {
    const key = this.peek()
    if (key !== undefined) this.delete(key)
    return key
  }

  peek(): string | undefined {
    let highest: number | undefined
    for (const priority of this.#active.keys())
      if (highest === undefined || priority > highest) highest = priority
    if (highest === undefined) return undefined
    const [key] = this.#active.get(highest)!
    return key
  }

  /** The Pod waits for something that the named plugins heed. */
  park(key: string, plugins: ReadonlySet<string>): void {
    this.delete(key)
    this.#parked.set(key, plugins)
    for (const event of EVENTS)
      if ([...plugins].some((plugin) => WAITS_FOR[plugin]?.has(event) !== false))
        this.#waiting[event].add(key)
  }

  /** The plugins that the waiting Pod waits for. */
  objectors(key: string): ReadonlySet<string> {
    return this.#parked.get(key) ?? NONE
  }

  /** The Pod waits, or is to be scheduled. */
  has(key: string): boolean {
    return this.#parked.has(key) || this.#priorities.has(key)
  }

  /** The waiting Pods to which the event may matter. */
  wokenBy(event: ClusterEvent): ReadonlySet<string> {
    return this.#waiting[event]
  }
}

const NONE: ReadonlySet<string> = new Set()
