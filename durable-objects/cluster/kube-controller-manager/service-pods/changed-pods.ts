import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { Change, Client } from '#client/client.ts'
import { SelectorIndex } from '#client/selector-index.ts'
import { keyOf } from '#apimachinery/object.ts'
import { backendChanged, selectsPods } from '#kube-controller-manager/service-pods/pod-backend.ts'

/**
 * Knows which Pods of which Services changed since they were last looked at, so that a reconcile is no more work than what changed.
 * Finds a Pod's Services by its labels. Nothing here must survive: a Service not known of is looked at as a whole.
 */
export class ChangedPods {
  readonly #client: Client
  readonly #queue: (serviceKey: string) => void
  readonly #selectors = new SelectorIndex()
  readonly #names = new Map<string, Set<string>>()

  constructor(client: Client, queue: (serviceKey: string) => void) {
    this.#client = client
    this.#queue = queue
    client.watch('pods', (change) => this.#podChanged(change))
    client.watch('services', (change) => this.#serviceChanged(change))
  }

  /** The names of the Pods that changed since the last call; undefined if the whole Service is to be looked at. */
  take(serviceKey: string): ReadonlySet<string> | undefined {
    const names = this.#names.get(serviceKey)
    this.#names.set(serviceKey, new Set())
    return names
  }

  /** Everything about the Service is to be looked at. */
  forget(serviceKey: string): void {
    this.#names.delete(serviceKey)
    this.#queue(serviceKey)
  }

  /** The Service is gone or takes no Pods. */
  drop(serviceKey: string): void {
    this.#names.delete(serviceKey)
  }

  /** Something that the Pod's endpoints show changed, though not the Pod itself. */
  touch(pod: Pod): void {
    const { namespace = '', name = '', labels } = pod.metadata
    for (const id of this.#selectors.match(namespace, labels)) this.#mark(id, name)
  }

  /** Takes in all Services and queues them. */
  resync(): void {
    for (const service of this.#client.list('services')) {
      this.#index(service)
      this.forget(keyOf(service))
    }
  }

  #podChanged({ type, object, old }: Change<Pod>): void {
    const sameLabels = old !== undefined && old.metadata.labels === object.metadata.labels
    if (type === 'MODIFIED' && sameLabels && !backendChanged(old, object)) return
    if (type === 'ADDED' && object.status.podIP === undefined) return
    this.touch(object)
    if (type === 'MODIFIED' && !sameLabels) this.touch(old!)
  }

  #serviceChanged({ type, object, old }: Change<Service>): void {
    const key = keyOf(object)
    if (type === 'DELETED') {
      this.#selectors.delete(key)
      this.forget(key)
      return
    }
    this.#index(object)
    if (type === 'MODIFIED' && old !== undefined && isSameForEndpoints(old, object)) return
    this.forget(key)
  }

  #index(service: Service): void {
    const { namespace = '' } = service.metadata
    this.#selectors.set(
      keyOf(service),
      namespace,
      selectsPods(service) ? service.spec.selector : undefined,
    )
  }

  #mark(serviceKey: string, podName: string): void {
    this.#names.get(serviceKey)?.add(podName)
    this.#queue(serviceKey)
  }
}

/** Only the status or the managed fields changed. */
const isSameForEndpoints = (old: Service, service: Service): boolean =>
  old.spec === service.spec &&
  old.metadata.labels === service.metadata.labels &&
  old.metadata.annotations === service.metadata.annotations &&
  old.metadata.deletionTimestamp === service.metadata.deletionTimestamp
