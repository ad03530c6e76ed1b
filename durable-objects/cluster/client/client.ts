import type { ResourceName, ResourceTypes } from '#api/resource-types.ts'
import type { DeleteOptions } from '#api/strategy.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Selector } from '#apimachinery/labels.ts'

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** A change as components see it. `object` is the new state, or the last one for DELETED; `old` the state before. */
export interface Change<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType
  readonly object: T
  readonly old?: T
}

/** Narrows a list. All that are given must hold. Each is answered from an index. */
export interface ListFilter {
  readonly namespace?: string
  readonly labels?: Selector
  /** Objects with an owner reference to this uid. */
  readonly owner?: string
  /** Pods bound to this node. */
  readonly node?: string
  /** Events about the object with this uid. */
  readonly involved?: string
}

export interface WriteOptions {
  readonly subresource?: 'status' | 'scale' | 'binding' | 'finalize' | 'approval'
  /**
   * The object was built from a template that the API server validated already: its validation is left out.
   * For Pods that controllers make, and for statuses that kubelets work out, which need no defaults either.
   */
  readonly validated?: boolean
}

/**
 * How every component sees the cluster; there is no other door. Reads are the store's own frozen objects (always current: there is
 * no cache that lags). Writes go through the API server's whole pipeline and throw `StatusError`.
 */
export interface Client {
  /** Milliseconds since the epoch on the session's clock. */
  now(): number
  get<R extends ResourceName>(
    resource: R,
    namespace: string,
    name: string,
  ): ResourceTypes[R] | undefined
  /** Sorted by namespace and name. */
  list<R extends ResourceName>(resource: R, filter?: ListFilter): readonly ResourceTypes[R][]
  create<R extends ResourceName>(
    resource: R,
    object: ResourceTypes[R],
    options?: WriteOptions,
  ): ResourceTypes[R]
  /** Refused with Conflict if `object.metadata.resourceVersion` is no longer current. An update that changes nothing writes nothing. */
  update<R extends ResourceName>(
    resource: R,
    object: ResourceTypes[R],
    options?: WriteOptions,
  ): ResourceTypes[R]
  delete(resource: ResourceName, namespace: string, name: string, options?: DeleteOptions): void
  /** Calls `handler` right after every change of the resource. Handlers only queue keys. */
  watch<R extends ResourceName>(
    resource: R,
    handler: (change: Change<ResourceTypes[R]>) => void,
  ): void
  /** Any resource by its group and plural, for the few components that are generic (garbage collector, namespace controller). */
  readonly dynamic: DynamicClient
}

/** kubernetes: k8s.io/api/autoscaling/v1 Scale */
export interface ScaleReading {
  readonly replicas: number
  readonly statusReplicas: number
  /** `app=web,tier in (a,b)`; empty if the kind has none. */
  readonly selector: string
}

/** The same for resources known only at run time: `resource` is `pods`, `deployments.apps`, `widgets.example.com`. */
export interface DynamicClient {
  resources(): readonly {
    readonly resource: string
    readonly namespaced: boolean
    readonly kind: string
    readonly apiVersion: string
  }[]
  get(resource: string, namespace: string, name: string): KubeObject | undefined
  list(resource: string, filter?: ListFilter): readonly KubeObject[]
  update(resource: string, object: KubeObject, options?: WriteOptions): KubeObject
  delete(resource: string, namespace: string, name: string, options?: DeleteOptions): void
  /** What the subresource /scale says of an object. Throws a StatusError if there is none. */
  scale(resource: string, namespace: string, name: string): ScaleReading
  rescale(resource: string, namespace: string, name: string, replicas: number): void
  watchAll(handler: (resource: string, change: Change) => void): void
}
