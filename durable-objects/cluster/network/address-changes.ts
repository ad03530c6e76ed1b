// Changes of addresses that neither kube-proxy nor the nodes' tables make: those of the CNI plugin and of cloud load balancers. They
// last as long as the walk, which is one connection's.
import { sameEndpoint } from '#netfilter/connection.ts'
import type { Packet } from '#netfilter/packet.ts'

interface AddressChange {
  /** The node's name, or '' outside the cluster. */
  readonly at: string
  readonly before: Packet
  readonly after: Packet
}

export class AddressChanges {
  readonly #changes: AddressChange[] = []

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
