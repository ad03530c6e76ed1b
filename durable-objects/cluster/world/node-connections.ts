// What the nodes' kernels remember of connections. It is kept with the machines' disks, small enough to be stored with every trace;
// a machine that is off forgets it.
import type { ComponentContext } from '#client/component.ts'
import type { Connection } from '#netfilter/connection.ts'
import { Connections, type ConnectionsState } from '#netfilter/connections.ts'

const PREFIX = 'network/connections/'
/** Of each node, those that were heard of last. */
const STORED = 200

type Context = Pick<ComponentContext, 'client' | 'memory'>

export class NodeConnections {
  readonly #context: Context
  readonly #known = new Map<string, Connections>()
  /** What has been handed out since it was last stored, and when that was. */
  readonly #touched = new Map<string, number>()

  constructor(context: Context) {
    this.#context = context
    context.client.watch('machines.kubarium.dev', ({ type, object }) => {
      if (type === 'DELETED' || object.spec.power === 'Off') this.#forget(object.metadata.name!)
    })
  }

  /** What is done to it stays. */
  of(node: string): Connections {
    const now = this.#context.client.now()
    const before = this.#touched.get(node)
    const connections = this.#current(node)
    // a turn in which much time passes ends as the same in many small turns does
    if (before !== undefined && before < now) forgetOld(connections, before)
    this.#touched.set(node, now)
    return connections
  }

  /** For those who may look but not touch. */
  copyOf(node: string): Connections {
    return this.#current(node).copy(this.#context.client.now())
  }

  /** Makes a node's kernel forget connections, as `conntrack -D` does. */
  forget(node: string, isMeant: (connection: Connection) => boolean): void {
    const isKnown = this.#known.has(node) || this.#context.memory.get(PREFIX + node) !== undefined
    if (!isKnown || !this.#current(node).list(this.#context.client.now()).some(isMeant)) return
    this.of(node).deleteWhere(isMeant)
  }

  /** At the end of a turn. */
  store(): void {
    const { memory } = this.#context
    for (const [node, at] of this.#touched) {
      const connections = this.#current(node)
      forgetOld(connections, at)
      memory.set(PREFIX + node, JSON.stringify(connections.toState(at)))
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

/** What is not stored is forgotten at once: a session that comes back knows as much as one that stayed. */
const forgetOld = (connections: Connections, at: number): void => {
  connections.deleteWhere(({ expires }) => expires <= at)
  connections.keepLast(STORED)
}
