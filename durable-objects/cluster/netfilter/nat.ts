// How a connection's addresses change: what rules chose is written into its tuples, and no two connections get the same ones.
import type { Ip } from '#net/ip.ts'
import { type Connection, sameEndpoint, translated, type Tuple } from './connection.ts'
import type { Connections } from './connections.ts'
import type { Nat, NatChoice } from './evaluation.ts'
import type { Endpoint, Packet, Protocol } from './packet.ts'
import type { Side } from './rule.ts'

export interface NatEnvironment {
  readonly connections: Connections
  readonly now: number
  readonly random: () => number
  /** The address that packets get that leave by this interface. */
  readonly sourceAddress: (output: string, packet: Packet) => Ip | undefined
}

/**
 * The NAT of one packet on its way through a node, from its first hook to its last. Of a connection that is not confirmed yet
 * it decides each side once.
 */
export class PacketNat implements Nat {
  readonly #environment: NatEnvironment
  readonly #isReply: boolean
  readonly #decided: Set<Side>
  #connection: Connection

  constructor(
    environment: NatEnvironment,
    tracked: {
      readonly connection: Connection
      readonly isReply: boolean
      readonly isConfirmed: boolean
    },
  ) {
    this.#environment = environment
    this.#connection = tracked.connection
    this.#isReply = tracked.isReply
    this.#decided = new Set(tracked.isConfirmed ? ['source', 'destination'] : [])
  }

  /** With what was decided so far. */
  get connection(): Connection {
    return this.#connection
  }

  isDecided(side: Side): boolean {
    return this.#decided.has(side)
  }

  change(side: Side, packet: Packet, choice: NatChoice | undefined): Packet | undefined {
    if (!this.#decided.has(side)) {
      const isSettled =
        side === 'destination' ? this.#setDestination(choice) : this.#setSource(packet, choice)
      if (!isSettled) return undefined
      this.#decided.add(side)
    }
    return translated(this.#connection, this.#isReply, side, packet)
  }

  /** The load balancer sends the connection elsewhere than rules did. */
  redirect(packet: Packet, destination: Endpoint): Packet {
    const { reply } = this.#connection
    this.#connection = {
      ...this.#connection,
      reply: { ...reply, source: destination },
      isDnat: true,
    }
    return { ...packet, destination }
  }

  #setDestination(choice: NatChoice | undefined): boolean {
    if (choice?.kind !== 'dnat') return true
    const { original, reply } = this.#connection
    const destination: Endpoint = { port: original.destination.port, ...choice.to }
    if (sameEndpoint(destination, original.destination)) return true
    this.#connection = {
      ...this.#connection,
      reply: { ...reply, source: destination },
      isDnat: true,
    }
    return true
  }

  /** Even without a rule the source port changes if another connection has the same answers. False: nothing is free. */
  #setSource(packet: Packet, choice: NatChoice | undefined): boolean {
    const { original, reply } = this.#connection
    const isMasquerade = choice?.kind === 'masquerade'
    const ip = isMasquerade ? this.#masqueradeAddress(packet) : original.source.ip
    if (ip === undefined) return false
    const source = this.#freeSource(
      { ...reply, destination: { ip, port: original.source.port } },
      isMasquerade && choice.isRandom,
    )
    if (source === undefined) return false
    if (sameEndpoint(source, original.source)) return true
    this.#connection = {
      ...this.#connection,
      reply: { ...reply, destination: source },
      isSnat: true,
    }
    return true
  }

  #masqueradeAddress(packet: Packet): Ip | undefined {
    const { output } = packet
    return output === undefined ? undefined : this.#environment.sourceAddress(output, packet)
  }

  /** The port that it has if it is free and need not be random. Linux: get_unique_tuple, nf_nat_l4proto_unique_tuple */
  #freeSource(reply: Tuple, isRandom: boolean): Endpoint | undefined {
    const { connections, now, random } = this.#environment
    const { ip, port } = reply.destination
    const isFree = (candidate: number): boolean =>
      !connections.isTaken({ ...reply, destination: { ip, port: candidate } }, now)
    if (!isRandom && isFree(port)) return reply.destination
    const { first, count } = portRange(reply.protocol, port)
    // a range that is nearly full is not searched to the end: the new packet is lost instead
    for (let attempts = Math.min(count, MAX_ATTEMPTS); ; attempts = Math.floor(attempts / 2)) {
      const start = random() % count
      for (let index = 0; index < attempts; index++) {
        const candidate = first + ((start + index) % count)
        if (isFree(candidate)) return { ip, port: candidate }
      }
      if (attempts >= count || attempts < FEW_ATTEMPTS) return undefined
    }
  }
}

const MAX_ATTEMPTS = 128
const FEW_ATTEMPTS = 16

/** Ports that only root may open stay among themselves. */
const portRange = (protocol: Protocol, port: number): { first: number; count: number } => {
  if (protocol === 'icmp') return { first: 0, count: 65_536 }
  if (port < 512) return { first: 1, count: 511 }
  if (port < 1024) return { first: 600, count: 424 }
  return { first: 1024, count: 64_512 }
}
