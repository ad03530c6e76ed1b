import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/event-recorder.ts'
import type { Memory, WorkQueue } from '#client/work-queue.ts'
import type { Random } from '#environment.ts'
import type { Settings } from '#settings.ts'

/**
 * A part of the cluster that acts by itself: a controller, the scheduler, the kubelets, the cloud. It is told of changes by the watches
 * it registers when it is made, queues keys, and brings one key at a time to its desired state.
 */
export interface Component {
  readonly name: string
  readonly queue: WorkQueue
  /**
   * Level-triggered: reads what is, writes what should be. Called again with the same state it writes nothing. Must set again any
   * deadline (`queue.addAt`) that it needs, since deadlines are not stored. A thrown StatusError queues the key again with back-off.
   */
  sync(key: string): void
  /**
   * Queues all keys: called once when the cluster was built from its store. `wasAtRest`: when it was stored the component had nothing left to
   * do, not even later. What then would come to nothing may be left out.
   */
  resync(wasAtRest?: boolean): void
}

/** What a component is made of. */
export interface ComponentContext {
  readonly client: Client
  readonly queue: WorkQueue
  readonly memory: Memory
  readonly random: Random
  readonly events: EventRecorder
  readonly settings: Settings
}

export interface ComponentDefinition {
  /** `replicaset-controller`: names the queue. */
  readonly name: string
  /** The field manager and user agent: `kube-controller-manager`, `kube-scheduler`, `kubelet`. */
  readonly manager: string
  /** `system:serviceaccount:kube-system:replicaset-controller` */
  readonly username: string
  readonly create: (context: ComponentContext) => Component
}
