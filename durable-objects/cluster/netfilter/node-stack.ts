// What the kernel of one node does with one packet: tracking, rules and NAT at each hook, from where it comes in to where it leaves.
// Where it is routed to is asked of the caller.
import type { Ip } from '#net/ip.ts'
import type { Connection } from './connection.ts'
import type { Connections, Tracked } from './connections.ts'
import { evaluate } from './evaluate.ts'
import type { Chance, Evaluation, Nat, PacketOutcome } from './evaluation.ts'
import { PacketNat } from './nat.ts'
import type { ConnectionState, Hook, Packet } from './packet.ts'
import { schedule, virtualServerFor } from './ipvs.ts'
import type { Ruleset } from './ruleset.ts'
import type { Step } from './step.ts'
import type { VirtualServer, VirtualServers } from './virtual-servers.ts'

export type Route =
  /** To the node itself. */
  | { readonly kind: 'local' }
  | { readonly kind: 'out'; readonly output: string }
  | { readonly kind: 'none' }

/** The node that a packet passes. */
export interface NodeKernel {
  readonly ruleset: Ruleset
  readonly connections: Connections
  /** Of the mode ipvs. Their addresses are local: they stand on an interface of the node. */
  readonly virtualServers?: VirtualServers | undefined
  readonly now: number
  /** From 0 to 2^32-1. */
  readonly random: () => number
  /** How chance decides in rules; by `random` if absent. */
  readonly chance?: Chance | undefined
  readonly isLocal: (ip: Ip) => boolean
  /** Asked again whenever the destination has changed. */
  readonly route: (packet: Packet) => Route
  /** The address that masqueraded packets get that leave by this interface. */
  readonly sourceAddress: (output: string, packet: Packet) => Ip | undefined
}

/** One hook on the packet's way. */
export interface HookPassage {
  readonly hook: Hook
  readonly before: Packet
  readonly after: Packet
  readonly steps: readonly Step[]
}

export type PassageOutcome =
  /** To a process on the node. */
  | { readonly kind: 'delivered' }
  /** Out of the node by `packet.output`. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'drop'; readonly hook: Hook }
  | { readonly kind: 'reject'; readonly hook: Hook; readonly with: string }
  | { readonly kind: 'noRoute' }

export interface Passage {
  /** As it was delivered or sent, or as it was when it was stopped. */
  readonly packet: Packet
  readonly outcome: PassageOutcome
  readonly hooks: readonly HookPassage[]
  /** Of all hooks, in order. */
  readonly steps: readonly Step[]
  /** Rules that were tried at all hooks. */
  readonly tried: number
  /** What connection tracking said of the packet. */
  readonly state: ConnectionState
  /** It is of a connection that was known before: what was decided for its first packet holds. */
  readonly isKnown: boolean
  /** The packet goes the other way than the connection's first. */
  readonly isReply: boolean
  readonly connection?: Connection
  /** The virtual server that this packet was addressed to, the first of its connection. */
  readonly virtualServer?: VirtualServer
}

/** A packet that comes in by `packet.input`: it is delivered here or sent on. Marks do not travel with packets. */
export const receive = (kernel: NodeKernel, packet: Packet): Passage => {
  const journey = new Journey(kernel, { ...withoutOutput(packet), mark: 0 })
  return journey.pass('prerouting') ?? journey.arrive()
}

/** A packet of a process on the node itself, whose source address is chosen already. */
export const send = (kernel: NodeKernel, packet: Packet): Passage => {
  const journey = new Journey(kernel, { ...packet, mark: 0 })
  return journey.depart() ?? journey.leave()
}

const withoutOutput = (packet: Packet): Packet => {
  const { output, ...rest } = packet
  return output === undefined ? packet : rest
}

const LOOPBACK = 'lo'

/** What is decided later. */
const NO_NAT: Nat = { isDecided: () => true, change: (_side, packet) => packet }

class Journey {
  readonly #kernel: NodeKernel
  readonly #tracked: Tracked
  readonly #nat: PacketNat | undefined
  readonly #hooks: HookPassage[] = []
  #packet: Packet
  #tried = 0
  #isConfirmed: boolean
  #virtualServer: VirtualServer | undefined

  constructor(kernel: NodeKernel, packet: Packet) {
    this.#kernel = kernel
    this.#packet = packet
    this.#tracked = kernel.connections.track(packet, kernel.now)
    const { connection, isReply, isConfirmed } = this.#tracked
    this.#isConfirmed = isConfirmed
    this.#nat = connection && new PacketNat(kernel, { connection, isReply, isConfirmed })
  }

  /** Goes through one hook; returns the end if it is stopped there. */
  pass(hook: Hook, nat: Nat | undefined = this.#nat): Passage | undefined {
    const { ruleset, isLocal, random, chance, now, connections } = this.#kernel
    const { isSnat = false, isDnat = false } = this.#nat?.connection ?? {}
    const virtualServer = this.#virtualServer
    const before = this.#packet
    const { packet, outcome, steps, tried }: Evaluation = evaluate(ruleset, hook, before, {
      isLocal,
      random,
      chance,
      now,
      memory: connections.memory,
      state: this.#tracked.state,
      tried: this.#tried,
      ...(virtualServer && { virtualServer }),
      isSnat,
      isDnat,
      ...(nat && { nat }),
    })
    this.#packet = packet
    this.#tried = tried
    this.#hooks.push({ hook, before, after: packet, steps })
    return outcome.kind === 'accept' ? undefined : this.#end(stopAt(hook, outcome))
  }

  /** Behind prerouting: to a process here, or on to the next node. */
  arrive(): Passage {
    const route = this.#kernel.route(this.#packet)
    if (route.kind === 'none') return this.#end({ kind: 'noRoute' })
    if (route.kind === 'local') return this.deliver()
    this.#packet = { ...this.#packet, output: route.output }
    return this.pass('forward') ?? this.leave()
  }

  /** From a process here, until the packet has its last route. */
  depart(): Passage | undefined {
    const stopped = this.#routeOut() ?? this.pass('output')
    if (stopped !== undefined) return stopped
    const server = virtualServerFor(this.#kernel.virtualServers, this.#packet)
    return (server && this.#balance(server, 'output')) ?? this.#routeOut()
  }

  leave(): Passage {
    const stopped = this.pass('postrouting') ?? this.#confirm('postrouting')
    if (stopped !== undefined) return stopped
    if (this.#packet.output !== LOOPBACK) return this.#end({ kind: 'sent' })
    // to the node itself: it comes in again, and its connection and its mark with it
    this.#packet = { ...withoutOutput(this.#packet), input: LOOPBACK }
    return this.pass('prerouting') ?? this.deliver()
  }

  deliver(): Passage {
    const server = virtualServerFor(this.#kernel.virtualServers, this.#packet)
    if (server !== undefined && this.#nat !== undefined) return this.#forwardTo(server)
    return this.pass('input') ?? this.#confirm('input') ?? this.#end({ kind: 'delivered' })
  }

  /** The load balancer takes the packet between the rules of input and their NAT, and sends it as if the node did. */
  #forwardTo(server: VirtualServer): Passage {
    const stopped =
      this.pass('input', NO_NAT) ??
      this.#balance(server, 'input') ??
      this.#routeOut() ??
      this.pass('output')
    return stopped ?? this.leave()
  }

  #balance(server: VirtualServer, hook: Hook): Passage | undefined {
    const { connections, now, chance } = this.#kernel
    if (this.#nat === undefined) return this.#end({ kind: 'drop', hook })
    const real = schedule(server, this.#packet, connections.memory, now, chance)
    this.#virtualServer = server
    if (real === undefined)
      return this.#end({ kind: 'reject', hook, with: 'icmp-port-unreachable' })
    this.#packet = this.#nat.redirect(this.#packet, { ip: real.ip, port: real.port })
    return undefined
  }

  #routeOut(): Passage | undefined {
    const route = this.#kernel.route(this.#packet)
    if (route.kind === 'none') return this.#end({ kind: 'noRoute' })
    const output = route.kind === 'local' ? LOOPBACK : route.output
    this.#packet = { ...this.#packet, output }
    return undefined
  }

  /** The first packet of a connection has passed its last hook. */
  #confirm(hook: Hook): Passage | undefined {
    if (this.#isConfirmed || this.#nat === undefined) return undefined
    this.#isConfirmed = true
    const { connections, now } = this.#kernel
    const isKnown = connections.confirm(this.#nat.connection, now)
    return isKnown ? undefined : this.#end({ kind: 'drop', hook })
  }

  #end(outcome: PassageOutcome): Passage {
    const { state, isReply, isConfirmed: isKnown } = this.#tracked
    const hooks = this.#hooks
    return {
      packet: this.#packet,
      outcome,
      hooks,
      steps: hooks.flatMap(({ steps }) => steps),
      tried: this.#tried,
      state,
      isKnown,
      isReply,
      ...(this.#nat && { connection: this.#nat.connection }),
      ...(this.#virtualServer && { virtualServer: this.#virtualServer }),
    }
  }
}

const stopAt = (hook: Hook, outcome: Exclude<PacketOutcome, { kind: 'accept' }>): PassageOutcome =>
  outcome.kind === 'drop' ? { kind: 'drop', hook } : { kind: 'reject', hook, with: outcome.with }

/** The answer to a packet that was delivered: what its receiver sends. */
export const answerTo = ({ protocol, source, destination }: Packet): Packet => ({
  protocol,
  source: destination,
  destination: source,
  mark: 0,
})
