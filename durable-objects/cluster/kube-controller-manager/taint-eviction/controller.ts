// kubernetes: pkg/controller/tainteviction/taint_eviction.go
import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { Taint } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { assign, keyOf, splitKey } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { toleratedFor } from '#kube-controller-manager/taint-eviction/eviction-time.ts'

const COMPONENT = 'taint-eviction-controller'

/** Deletes Pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
class TaintEvictionController implements Component {
  readonly name = COMPONENT
  readonly queue: WorkQueue
  readonly #context: ComponentContext
  readonly #client: Client

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    client.watch('nodes', ({ type, object, old }) => {
      const before = noExecute(old?.spec.taints)
      const after = type === 'DELETED' ? [] : noExecute(object.spec.taints)
      if (before.length + after.length === 0 || old?.spec.taints === object.spec.taints) return
      for (const pod of client.list('pods', { node: object.metadata.name ?? '' }))
        queue.add(keyOf(pod))
    })
    client.watch('pods', ({ type, object, old }) => {
      const isMoved =
        old?.spec.nodeName !== object.spec.nodeName ||
        old?.spec.tolerations !== object.spec.tolerations
      const isGoing = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined
      if (isGoing ? this.#isDoomed(keyOf(object)) : isMoved && this.#isOnTainted(object))
        queue.add(keyOf(object))
    })
  }

  resync(): void {
    const tainted = this.#client
      .list('nodes')
      .filter(({ spec }) => noExecute(spec.taints).length > 0)
    for (const { metadata } of tainted)
      for (const pod of this.#client.list('pods', { node: metadata.name ?? '' }))
        this.queue.add(keyOf(pod))
    for (const [key] of this.#context.memory.entries(doomed('')))
      this.queue.add(key.slice(doomed('').length))
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const pod = this.#client.get('pods', namespace, name)
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) {
      this.#context.memory.delete(doomed(key))
      this.queue.cancel(key)
      return
    }
    const taints = this.#taintsOf(pod)
    const time = taints.length === 0 ? undefined : toleratedFor(taints, pod.spec.tolerations ?? [])
    if (time === undefined) this.#spare(key, pod)
    else this.#doom(key, pod, time)
  }

  #spare(key: string, pod: Pod): void {
    if (!this.#isDoomed(key)) return
    this.#context.memory.delete(doomed(key))
    this.queue.cancel(key)
    this.#tell(pod, `Cancelling deletion of Pod ${key}`)
  }

  #doom(key: string, pod: Pod, time: number): void {
    const now = this.#client.now()
    const [uid, moment] = this.#context.memory.get(doomed(key))?.split(' ') ?? []
    const since = uid === pod.metadata.uid ? Number(moment) : now
    if (since + time > now) {
      if (uid !== pod.metadata.uid)
        this.#context.memory.set(doomed(key), `${pod.metadata.uid ?? ''} ${now}`)
      this.queue.addAt(key, since + time)
      return
    }
    this.#context.memory.delete(doomed(key))
    this.#tell(pod, `Marking for deletion Pod ${key}`)
    this.#client.update('pods', withDisruption(pod, now), { subresource: 'status' })
    this.#client.delete('pods', pod.metadata.namespace ?? '', pod.metadata.name ?? '')
  }

  #tell(object: Pod, message: string): void {
    const reason = 'TaintManagerEviction'
    this.#context.events.record({ object, type: 'Normal', reason, message, component: COMPONENT })
  }

  #isDoomed(key: string): boolean {
    return this.#context.memory.get(doomed(key)) !== undefined
  }

  #isOnTainted(pod: Pod): boolean {
    return pod.spec.nodeName !== undefined && this.#taintsOf(pod).length > 0
  }

  #taintsOf({ spec }: Pod): readonly Taint[] {
    return noExecute(this.#client.get('nodes', '', spec.nodeName ?? '')?.spec.taints)
  }
}

const doomed = (key: string): string => `taint-eviction/${key}`

const NONE: readonly Taint[] = []

const noExecute = (taints: readonly Taint[] | undefined): readonly Taint[] =>
  taints === undefined ? NONE : taints.filter(({ effect }) => effect === 'NoExecute')

const withDisruption = (pod: Pod, now: number): Pod => {
  const { generation } = pod.metadata
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    ...NEVER_PROBED,
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(now),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
  return assign(pod, { status: assign(pod.status, { conditions: [...others, condition] }) })
}

export const taintEvictionController: ComponentDefinition = {
  name: COMPONENT,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:taint-eviction-controller',
  create: (context) => new TaintEvictionController(context),
}
