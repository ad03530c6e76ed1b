// What is told of a packet's way.
import type { Packet } from '#netfilter/packet.ts'
import { type Host, placeOf, tracePacket } from './host.ts'
import type { Hops } from './hops.ts'
import { arrivalOf } from './stations.ts'
import type { TraceHop } from './trace.ts'
import { stopped, type Stopped } from './way.ts'
import type { WorldNode } from './world.ts'

export class WayNotes {
  readonly hops: Hops
  /** The packet is an answer. */
  readonly isReply: boolean

  constructor(hops: Hops, isReply: boolean) {
    this.hops = hops
    this.isReply = isReply
  }

  add(where: TraceHop['where'], what: string, packet: Packet, says: string): void {
    const reply = this.isReply ? { isReply: true } : {}
    this.hops.add(() => ({ where, what, packet: tracePacket(packet), ...reply, says }))
  }

  deliver(host: Host, packet: Packet, says: string): void {
    if (this.isReply) this.add(placeOf(host), 'deliver', packet, says)
    else
      this.hops.add(() => ({
        where: placeOf(host),
        what: 'deliver',
        packet: tracePacket(packet),
        station: arrivalOf(host, packet),
        says,
      }))
  }

  /** What the CNI plugin made of a packet. */
  change(node: WorldNode, what: string, before: Packet, after: Packet, says: string): Packet {
    const reply = this.isReply ? { isReply: true } : {}
    this.hops.add(() => ({
      where: { node: node.name, component: 'CNI plugin' },
      what,
      before: tracePacket(before),
      packet: tracePacket(after),
      ...reply,
      says,
    }))
    return after
  }

  /** Nobody hears of it. */
  lost(where: TraceHop['where'], packet: Packet, says: string): Stopped {
    this.add(where, 'lost', packet, says)
    return stopped('timeout', says)
  }
}
