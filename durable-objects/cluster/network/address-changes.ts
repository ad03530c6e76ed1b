// Changes of addresses that neither kube-proxy nor the nodes' tables make: those of the CNI plugin and of cloud load balancers. They
// last as long as the walk, which is one connection's.
import { sameEndpoint } from '#netfilter/connection.ts'
import { formatIp, parseIp } from '#net/ip.ts'
import type { Packet, Protocol } from '#netfilter/packet.ts'

interface AddressChange {
  /** The node's name, or '' outside the cluster. */
  readonly at: string
  readonly before: Packet
  readonly after: Packet
}

/** Each with `protocol source destination` before and after, as JSON. */
export interface AddressChangesState {
  readonly changes: readonly (readonly [at: string, before: TupleText, after: TupleText])[]
  readonly balanced?: string
}

type TupleText = readonly [Protocol, string, number, string, number]

export class AddressChanges {
  readonly #changes: AddressChange[] = []
  /** The node that a load balancer chose for the connection. */
  balanced: string | undefined

  toState(): AddressChangesState {
    const changes = this.#changes.map(
      ({ at, before, after }) => [at, textOf(before), textOf(after)] as const,
    )
    return this.balanced === undefined ? { changes } : { changes, balanced: this.balanced }
  }

  static fromState({ changes, balanced }: AddressChangesState): AddressChanges {
    const restored = new AddressChanges()
    for (const [at, before, after] of changes)
      restored.remember(at, packetOf(before), packetOf(after))
    restored.balanced = balanced
    return restored
  }

  remember(at: string, before: Packet, after: Packet): Packet {
    this.#changes.push({ at, before, after })
    return after
  }

  /** The packet of an answer with the change undone; undefined if it was not changed at this place. */
  undone(at: string, packet: Packet): Packet | undefined {
    const change = this.#changes.findLast(
      ({ at: place, after }) =>
        place === at &&
        sameEndpoint(after.source, packet.destination) &&
        sameEndpoint(after.destination, packet.source),
    )
    if (change === undefined) return undefined
    const { source, destination } = change.before
    return { ...packet, source: destination, destination: source }
  }

  /** A later packet of the same direction with the same change made. */
  redone(at: string, packet: Packet): Packet | undefined {
    const change = this.#changes.findLast(
      ({ at: place, before }) =>
        place === at &&
        sameEndpoint(before.source, packet.source) &&
        sameEndpoint(before.destination, packet.destination),
    )
    if (change === undefined) return undefined
    const { source, destination } = change.after
    return { ...packet, source, destination }
  }
}

const textOf = ({ protocol, source, destination }: Packet): TupleText => [
  protocol,
  formatIp(source.ip),
  source.port,
  formatIp(destination.ip),
  destination.port,
]

const packetOf = ([protocol, from, fromPort, to, toPort]: TupleText): Packet => ({
  protocol,
  source: { ip: parseIp(from)!, port: fromPort },
  destination: { ip: parseIp(to)!, port: toPort },
  mark: 0,
})
