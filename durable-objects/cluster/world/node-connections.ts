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

  constructor(context: Context) {
    this.#context = context
    context.client.watch('machines.kubarium.dev', ({ type, object }) => {
      if (type === 'DELETED' || object.spec.power === 'Off') this.#forget(object.metadata.name!)
    })
  }

  of(node: string): Connections {
    let connections = this.#known.get(node)
    if (connections === undefined) this.#known.set(node, (connections = this.copyOf(node)))
    return connections
  }

  /** For those who may look but not touch. */
  copyOf(node: string): Connections {
    const text = this.#context.memory.get(PREFIX + node)
    return text === undefined
      ? new Connections()
      : Connections.fromState(JSON.parse(text) as ConnectionsState)
  }

  /** What is not stored is forgotten at once, so that a session that comes back knows as much as one that stayed. */
  store(nodes: Iterable<string>, now: number): void {
    const { memory } = this.#context
    for (const node of nodes) {
      const connections = this.#known.get(node)
      if (connections === undefined) continue
      const state = connections.toState(now)
      const kept = { ...state, connections: state.connections.slice(-STORED) }
      memory.set(PREFIX + node, JSON.stringify(kept))
      if (connections.size > STORED) this.#known.delete(node)
    }
  }

  #forget(node: string): void {
    this.#known.delete(node)
    this.#context.memory.delete(PREFIX + node)
  }
}
