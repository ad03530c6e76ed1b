import type { Client } from '#client/client.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ResourceName, ResourceTypes } from '#api/resource-types.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { controllerOf, keyOf, type KubeObject, type OwnerReference } from '#apimachinery/object.ts'

/** The Pods that have no controller, by namespace: few, and the only ones that could be adopted. */
export class OrphanPods {
  readonly #client: Client
  #names: Map<string, Set<string>> | undefined

  constructor(client: Client) {
    this.#client = client
    client.watch('pods', ({ type, object }) => {
      if (this.#names !== undefined) this.#note(object, type === 'DELETED')
    })
  }

  in(namespace: string): readonly Pod[] {
    if (this.#names === undefined) {
      this.#names = new Map()
      for (const pod of this.#client.list('pods')) this.#note(pod, false)
    }
    const names = this.#names.get(namespace)
    if (names === undefined) return []
    return [...names].sort().flatMap((name) => this.#client.get('pods', namespace, name) ?? [])
  }

  #note(pod: Pod, gone: boolean): void {
    const { namespace = '', name = '' } = pod.metadata
    const names = this.#names?.get(namespace)
    if (gone || controllerOf(pod) !== undefined) {
      names?.delete(name)
      if (names?.size === 0) this.#names?.delete(namespace)
    } else if (names === undefined) this.#names?.set(namespace, new Set([name]))
    else names.add(name)
  }
}

export interface PodOwners<R extends ResourceName> {
  readonly client: Client
  readonly queue: WorkQueue
  /** The controllers' resource and kind: `replicasets.apps`, `ReplicaSet`. */
  readonly resource: R
  readonly kind: string
  readonly selectorOf: (controller: ResourceTypes[R]) => Selector | undefined
  /** Changes that the controller need not see. */
  readonly ignores?: (pod: Pod, old: Pod) => boolean
}

/**
 * Queues the controllers that a Pod's change concerns: its owner, the owner it had, and for a Pod without owner all that select it.
 * kubernetes: addPod, updatePod, deletePod of every workload controller
 */
export const queuePodOwners = <R extends ResourceName>(owners: PodOwners<R>): void => {
  const { client, queue, kind, ignores } = owners
  const enqueue = (pod: Pod, ref: OwnerReference | undefined): void => {
    if (ref?.kind === kind) queue.add(`${pod.metadata.namespace ?? ''}/${ref.name}`)
  }
  client.watch('pods', ({ type, object: pod, old }) => {
    if (type === 'MODIFIED' && old !== undefined && ignores?.(pod, old) === true) return
    const ref = controllerOf(pod)
    const before = old === undefined ? undefined : controllerOf(old)
    if (before !== undefined && before.uid !== ref?.uid) enqueue(pod, before)
    if (ref !== undefined) enqueue(pod, ref)
    else if (type === 'ADDED' || (type === 'MODIFIED' && mayBeAdopted(pod, old)))
      queueSelecting(owners, pod)
  })
}

const mayBeAdopted = (pod: Pod, old: Pod | undefined): boolean =>
  pod.metadata.labels !== old?.metadata.labels ||
  pod.metadata.ownerReferences !== old?.metadata.ownerReferences

/** Queues the controllers of a namespace whose selector matches an object's labels. */
export const queueSelecting = <R extends ResourceName>(
  { client, queue, resource, selectorOf }: Omit<PodOwners<R>, 'kind' | 'ignores'>,
  object: KubeObject,
): void => {
  const { namespace = '', labels } = object.metadata
  for (const controller of client.list(resource, { namespace })) {
    const selector = selectorOf(controller)
    if (selector !== undefined && selector.length > 0 && matches(selector, labels))
      queue.add(keyOf(controller))
  }
}
