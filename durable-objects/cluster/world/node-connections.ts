// What the nodes' kernels remember of connections. It is kept with the machines' disks, small enough to be stored with every trace;
// a machine that is off forgets it.
import type { ComponentContext } from '#client/component.ts'
import { Connections, type ConnectionsState } from '#netfilter/connections.ts'

const PREFIX = 'network/connections/'
/** Of each node, those that were heard of last. */
const STORED = 200

type Context = Pick<ComponentContext, 'client' | 'memory'>

export class NodeConnections {
  readonly #context: Context
  readonly #known = new Map<string, Connections>()
  /** What has been handed out since it was last stored. */
  readonly #touched = new Set<string>()

  constructor(context: Context) {
    this.#context = context
    context.client.watch('machines.kubarium.dev', ({ type, object }) => {
      if (type === 'DELETED' || object.spec.power === 'Off') this.#forget(object.metadata.name!)
    })
  }

  /** What is done to it stays. */
  of(node: string): Connections {
    this.#touched.add(node)
    return this.#current(node)
  }

  /** For those who may look but not touch. */
  copyOf(node: string): Connections {
    return this.#current(node).copy(this.#context.client.now())
  }

  /** At the end of a turn. */
  store(): void {
    const { client, memory } = this.#context
    const now = client.now()
    for (const node of this.#touched) {
      const connections = this.#current(node)
      // what is not stored is forgotten at once: a session that comes back knows as much as one that stayed
      connections.deleteWhere(({ expires }) => expires <= now)
      connections.keepLast(STORED)
      memory.set(PREFIX + node, JSON.stringify(connections.toState(now)))
    }
    this.#touched.clear()
  }

  #current(node: string): Connections {
    let connections = this.#known.get(node)
    if (connections === undefined) this.#known.set(node, (connections = this.#load(node)))
    return connections
  }

  #load(node: string): Connections {
    const text = this.#context.memory.get(PREFIX + node)
    return text === undefined
      ? new Connections()
      : Connections.fromState(JSON.parse(text) as ConnectionsState)
  }

  #forget(node: string): void {
    this.#known.delete(node)
    this.#touched.delete(node)
    this.#context.memory.delete(PREFIX + node)
  }
}
