// kubernetes: pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import { SelectorIndex } from '#client/selector-index.ts'
import { selectorFromLabelSelector, selectorFromMap, type Selector } from '#apimachinery/labels.ts'
import {
  controllerOf,
  keyOf,
  splitKey,
  type OwnerReference,
  type StringMap,
} from '#apimachinery/object.ts'

/** Finds "Pods like this one": of the same Services and of the same owner. They are spread even if nobody asks. */
export class DefaultSelectors {
  readonly #client: Client
  readonly #services = new SelectorIndex()
  /** By owner: all its Pods have the same, until a Service changes. */
  readonly #known = new Map<
    string,
    { readonly labels: StringMap | undefined; readonly selector: Selector }
  >()

  constructor(client: Client) {
    this.#client = client
    client.watch('services', ({ type, object }) => {
      this.#known.clear()
      if (type === 'DELETED') this.#services.delete(keyOf(object))
      else this.#services.set(keyOf(object), object.metadata.namespace ?? '', object.spec.selector)
    })
  }

  load(): void {
    for (const service of this.#client.list('services'))
      this.#services.set(keyOf(service), service.metadata.namespace ?? '', service.spec.selector)
  }

  /** The empty selector if the Pod is like no other. */
  of(pod: Pod): Selector {
    const owner = controllerOf(pod)
    const { labels, namespace = '' } = pod.metadata
    const id = owner?.uid ?? ''
    const known = this.#known.get(id)
    if (owner !== undefined && known !== undefined && known.labels === labels) return known.selector
    const selector = this.#find(namespace, labels, owner)
    if (this.#known.size > 1000) this.#known.clear()
    if (owner !== undefined) this.#known.set(id, { labels, selector })
    return selector
  }

  #find(
    namespace: string,
    labels: StringMap | undefined,
    owner: OwnerReference | undefined,
  ): Selector {
    let merged: StringMap = {}
    for (const key of this.#services.match(namespace, labels))
      merged = {
        ...merged,
        ...this.#client.get('services', namespace, splitKey(key).name)?.spec.selector,
      }
    return owner === undefined ? selectorFromMap(merged) : this.#withOwner(namespace, owner, merged)
  }

  #withOwner(
    namespace: string,
    { apiVersion, kind, name }: OwnerReference,
    merged: StringMap,
  ): Selector {
    if (apiVersion === 'v1' && kind === 'ReplicationController') {
      const selector = this.#client.get('replicationcontrollers', namespace, name)?.spec.selector
      return selectorFromMap({ ...merged, ...selector })
    }
    const resource = apiVersion === 'apps/v1' ? OWNERS.get(kind) : undefined
    const owner = resource === undefined ? undefined : this.#client.get(resource, namespace, name)
    return [...selectorFromMap(merged), ...(selectorFromLabelSelector(owner?.spec.selector) ?? [])]
  }
}

const OWNERS = new Map([
  ['ReplicaSet', 'replicasets.apps'],
  ['StatefulSet', 'statefulsets.apps'],
] as const) as ReadonlyMap<string, 'replicasets.apps' | 'statefulsets.apps'>
