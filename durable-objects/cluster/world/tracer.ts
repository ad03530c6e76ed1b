// Sends the request of each Trace once for each generation of its spec, and writes down what became of it.
import { assign, equal, keyOf, splitKey } from '#apimachinery/object.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Trace, TraceStatus } from '#api/kubarium/v1/trace/types.ts'
import { trace } from '#network/trace-request.ts'
import { requestOfTrace } from '#world/trace-hooks.ts'
import type { ClusterWorld } from '#world/world.ts'

class Tracer implements Component {
  readonly name = 'tracer'
  readonly queue: ComponentContext['queue']
  readonly #client: ComponentContext['client']
  readonly #world: () => ClusterWorld

  constructor({ client, queue }: ComponentContext, world: () => ClusterWorld) {
    this.queue = queue
    this.#client = client
    this.#world = world
    client.watch('traces.kubarium.dev', ({ type, object }) => {
      if (type !== 'DELETED' && !isDone(object)) queue.add(keyOf(object))
    })
  }

  resync(): void {
    for (const object of this.#client.list('traces.kubarium.dev'))
      if (!isDone(object)) this.queue.add(keyOf(object))
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const object = this.#client.get('traces.kubarium.dev', namespace, name)
    if (object === undefined || isDone(object)) return
    const { generation } = object.metadata
    const status = {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...this.#outcomeOf(object),
    }
    if (equal(status, object.status)) return
    this.#client.update('traces.kubarium.dev', assign(object, { status }), {
      subresource: 'status',
    })
  }

  #outcomeOf(object: Trace): TraceStatus {
    const request = requestOfTrace(object)
    if ('problem' in request) return { says: request.problem }
    const { outcome, says, reply, hops } = trace(this.#world(), request)
    return { outcome, says, ...(reply === undefined ? {} : { reply }), hops }
  }
}

const isDone = ({ metadata, status }: Trace): boolean =>
  metadata.deletionTimestamp !== undefined ||
  (status?.observedGeneration !== undefined && status.observedGeneration === metadata.generation)

export const tracer = (world: () => ClusterWorld): ComponentDefinition => ({
  name: 'tracer',
  manager: 'kubarium',
  username: 'system:serviceaccount:kube-system:tracer',
  create: (context) => new Tracer(context, world),
})
