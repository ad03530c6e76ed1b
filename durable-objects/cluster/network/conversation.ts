// One connection, or one datagram and its answer: there, to the program that listens, and back again.
import { sameEndpoint } from '#netfilter/connection.ts'
import { answerTo } from '#netfilter/node-stack.ts'
import type { Endpoint, Packet, Protocol, TcpSegment } from '#netfilter/packet.ts'
import type { AddressChanges } from './address-changes.ts'
import { endpointText, type Host, hostName, placeOf, tracePacket } from './host.ts'
import { type Hops, NO_HOPS } from './hops.ts'
import { addressOf, isAt } from './sender.ts'
import { stationOf } from './stations.ts'
import type { TraceHop, TraceOutcome } from './trace.ts'
import type { Walk } from './walk.ts'
import type { Arrived, Stopped } from './way.ts'
import type { World } from './world.ts'

/** How far a conversation came. */
export interface End {
  readonly outcome: TraceOutcome
  readonly says: string
}

const FIRST_PORT = 32_768
const PORTS = 28_232

/** A port as Linux chooses it for a client. */
export const ephemeralPort = (world: World): number => FIRST_PORT + (world.random() % PORTS)

/** Another one, so that no two of many connections have the same. */
export const nextPort = (port: number): number => FIRST_PORT + ((port + 1 - FIRST_PORT) % PORTS)

export interface ConversationOptions {
  readonly walk: Walk
  readonly hops: Hops
  readonly client: Host
  readonly protocol: Protocol
  readonly destination: Endpoint
  readonly sourcePort: number
}

export class Conversation {
  readonly #options: ConversationOptions
  #sent: Packet | undefined
  #arrived: Arrived | undefined
  /** A program that never answers does not close its side either. */
  #server: 'talks' | 'is silent' | 'is done' = 'talks'

  constructor(options: ConversationOptions) {
    this.#options = options
  }

  get sourcePort(): number {
    return this.#options.sourcePort
  }

  /** What a client needs to go on with the connection later. */
  get kept(): { readonly client: Host; readonly sent: Packet; readonly changes: AddressChanges } {
    const { client, walk } = this.#options
    return { client, sent: this.#sent!, changes: walk.changes }
  }

  /** What reached the server; after `open`. */
  get arrived(): Arrived {
    if (this.#arrived === undefined) throw new Error('nothing has arrived yet')
    return this.#arrived
  }

  /** The first packet: SYN, or the datagram itself. Undefined: it arrived. */
  open(): End | undefined {
    const { client, protocol, destination, sourcePort, walk } = this.#options
    const ip = addressOf(client, destination.ip)
    if (ip === undefined)
      return { outcome: 'no-route', says: `${hostName(client)} has no address to send from` }
    const packet: Packet = {
      protocol,
      source: { ip, port: sourcePort },
      destination,
      mark: 0,
      ...this.#segment('syn'),
    }
    this.#sent = packet
    this.#hops.add(() => ({
      where: placeOf(client),
      what: 'send',
      packet: tracePacket(packet),
      station: stationOf(walk.world, destination),
      says: `${hostName(client)} ${this.#opening(destination)}`,
    }))
    const end = walk.first(packet, client)
    if (end.kind === 'stopped') return this.#stoppedThere(end)
    this.#arrived = end
    return undefined
  }

  /** The first packet of another request over a connection that stands. Undefined: it arrived. */
  resume(source: Endpoint, says: string): End | undefined {
    const { client, protocol, destination, walk } = this.#options
    const packet = { protocol, source, destination, mark: 0, ...this.#segment('ack') }
    this.#sent = packet
    this.#hops.add(() => ({
      where: placeOf(client),
      what: 'send',
      packet: tracePacket(packet),
      station: stationOf(walk.world, destination),
      says,
    }))
    const end = walk.next(packet, client, false)
    if (end.kind === 'arrived') {
      this.#arrived = end
      return undefined
    }
    const isSilent = end.outcome === 'timeout' || end.outcome === 'dropped'
    const why = isSilent
      ? 'sends it again and again, and gives up after about 15 minutes: "Connection timed out"'
      : `hears of it only because it sends again: ${end.outcome === 'rejected' ? '"Connection refused"' : '"No route to host"'}`
    this.#add(client, 'silent', packet, `${hostName(client)} ${why}`)
    return { outcome: end.outcome, says: end.says }
  }

  /** The receiver's kernel knows of no such connection. */
  reset(says: string): End {
    const { host, packet } = this.arrived
    this.#add(host, 'refuse', packet, says)
    this.#back('rst')
    const { client } = this.#options
    this.#addReply(client, 'receive', `${hostName(client)} reports: "Connection reset by peer"`)
    return { outcome: 'refused', says }
  }

  #opening(destination: Endpoint): string {
    const { protocol } = this.#options
    return protocol === 'tcp' || protocol === 'sctp'
      ? `opens a ${protocol.toUpperCase()} connection to ${endpointText(destination)}`
      : `sends a ${protocol.toUpperCase()} packet to ${endpointText(destination)}`
  }

  #stoppedThere({ outcome, says }: Stopped): End {
    const { client } = this.#options
    if (outcome === 'rejected')
      this.#addReply(client, 'receive', `${hostName(client)} reports at once: "Connection refused"`)
    else if (outcome === 'dropped' || outcome === 'timeout')
      this.#add(
        client,
        'silent',
        this.#sent,
        `${hostName(client)} waits, sends it again, and gives up: "Connection timed out"`,
      )
    return { outcome, says }
  }

  /** The server's kernel has nobody to give the packet to. */
  refuse(says: string): End {
    const { host, packet } = this.arrived
    this.#add(host, 'refuse', packet, says)
    this.#back('rst')
    const { client } = this.#options
    this.#addReply(client, 'receive', `${hostName(client)} reports at once: "Connection refused"`)
    return { outcome: 'refused', says }
  }

  /** SYN-ACK, or the answer's datagram. Undefined: it came back to who asked. */
  answer(says: string): End | undefined {
    const { client } = this.#options
    const { host, packet } = this.arrived
    const answer = answerTo(packet)
    this.#hops.add(() => ({
      where: placeOf(host),
      what: 'reply',
      packet: tracePacket(answer),
      isReply: true,
      says,
    }))
    const end = this.#back('syn-ack')
    if (end.kind === 'stopped')
      return {
        outcome: end.outcome === 'rejected' ? 'timeout' : end.outcome,
        says: `the answer gets lost: ${end.says}`,
      }
    const sent = this.#sent!
    const isMeant =
      isAt(client, end.host) &&
      sameEndpoint(end.packet.source, sent.destination) &&
      sameEndpoint(end.packet.destination, sent.source)
    if (isMeant) {
      this.#addReply(
        client,
        'receive',
        `${hostName(client)} has its answer, from the address it had asked: ${endpointText(sent.destination)}`,
        end.packet,
      )
      return undefined
    }
    const stray = sameEndpoint(end.packet.source, sent.destination)
      ? `the answer goes to ${endpointText(end.packet.destination)} at ${hostName(end.host)} instead of ${endpointText(sent.source)}, who asked: nobody waits for it there, so it is thrown away`
      : `the answer comes from ${endpointText(end.packet.source)} instead of ${endpointText(sent.destination)}: nobody waits for it, so it is thrown away`
    this.#addReply(end.host, 'lost', stray, end.packet)
    return { outcome: 'timeout', says: stray }
  }

  /**
   * The rest of a connection goes the way that is known by now: it is told in one hop for each direction. `isKept`: nobody closes it.
   */
  exchange(request: string, reply: string | undefined, isKept = false): End | undefined {
    const { client } = this.#options
    const { host } = this.arrived
    const there = this.#again('ack')
    if (there !== undefined) return there
    this.#add(
      host,
      'request',
      this.arrived.packet,
      `${request}; its packets take the same way, for connection tracking remembers what was chosen for the first`,
    )
    if (reply === undefined) {
      this.#server = 'is silent'
      this.#add(
        client,
        'silent',
        this.#sent,
        `the connection stands, but no answer comes: ${hostName(client)} waits and gives up`,
      )
      return {
        outcome: 'timeout',
        says: `${hostName(host)} took the connection, but does not answer`,
      }
    }
    if (!isKept) this.#server = 'is done'
    this.#back(isKept ? 'ack' : 'fin', NO_HOPS)
    const packet = answerTo(this.#sent!)
    this.#addReply(client, 'reply', `${reply}; the answer comes back the same way`, packet)
    return undefined
  }

  /** Both sides say that they have nothing more to send, and that they have heard it: nodes can forget the connection soon. */
  close(): void {
    if (this.#options.protocol !== 'tcp') return
    this.#again('fin')
    if (this.#server === 'talks') {
      this.#back('fin', NO_HOPS)
      this.#again('ack')
    } else this.#back('ack', NO_HOPS)
  }

  /** The client breaks off: nodes forget the connection at once. */
  abort(): void {
    if (this.#options.protocol === 'tcp') this.#again('rst')
  }

  #again(segment: TcpSegment): End | undefined {
    const { walk, client } = this.#options
    const packet = { ...this.#sent!, ...this.#segment(segment) }
    const end = walk.next(packet, client, false, NO_HOPS)
    return end.kind === 'stopped' ? { outcome: end.outcome, says: end.says } : undefined
  }

  #back(segment: TcpSegment, hops: Hops = this.#hops): Arrived | Stopped {
    const { host, packet } = this.arrived
    const answer = { ...answerTo(packet), ...this.#segment(segment) }
    return this.#options.walk.next(answer, host, true, hops)
  }

  #segment(segment: TcpSegment): { readonly segment?: TcpSegment } {
    return this.#options.protocol === 'tcp' ? { segment } : {}
  }

  get #hops(): Hops {
    return this.#options.hops
  }

  #add(host: Host, what: string, packet: Packet | undefined, says: string): void {
    this.#hops.add((): TraceHop => {
      const shown = packet === undefined ? {} : { packet: tracePacket(packet) }
      return { where: placeOf(host), what, ...shown, says }
    })
  }

  #addReply(host: Host, what: string, says: string, packet?: Packet): void {
    this.#hops.add((): TraceHop => {
      const shown = packet === undefined ? {} : { packet: tracePacket(packet) }
      return { where: placeOf(host), what, ...shown, isReply: true, says }
    })
  }
}
