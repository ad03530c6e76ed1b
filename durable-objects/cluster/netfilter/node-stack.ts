// What the kernel of one node does with one packet: tracking, rules and NAT at each hook, from where it comes in to where it leaves.
// Where it is routed to is asked of the caller.
import type { Ip } from '#net/ip.ts'
import type { Connection } from './connection.ts'
import type { Connections, Tracked } from './connections.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation, PacketOutcome } from './evaluation.ts'
import { PacketNat } from './nat.ts'
import type { ConnectionState, Hook, Packet } from './packet.ts'
import type { Ruleset } from './ruleset.ts'
import type { Step } from './step.ts'

export type Route =
  /** To the node itself. */
  | { readonly kind: 'local' }
  | { readonly kind: 'out'; readonly output: string }
  | { readonly kind: 'none' }

/** The node that a packet passes. */
export interface NodeKernel {
  readonly ruleset: Ruleset
  readonly connections: Connections
  readonly now: number
  /** From 0 to 2^32-1. */
  readonly random: () => number
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
  /** The packet goes the other way than the connection's first. */
  readonly isReply: boolean
  readonly connection?: Connection
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

class Journey {
  readonly #kernel: NodeKernel
  readonly #tracked: Tracked
  readonly #nat: PacketNat | undefined
  readonly #hooks: HookPassage[] = []
  #packet: Packet
  #tried = 0
  #isConfirmed: boolean

  constructor(kernel: NodeKernel, packet: Packet) {
    this.#kernel = kernel
    this.#packet = packet
    this.#tracked = kernel.connections.track(packet, kernel.now)
    const { connection, isReply, isConfirmed } = this.#tracked
    this.#isConfirmed = isConfirmed
    this.#nat = connection && new PacketNat(kernel, { connection, isReply, isConfirmed })
  }

  /** Goes through one hook; returns the end if it is stopped there. */
  pass(hook: Hook): Passage | undefined {
    const { ruleset, isLocal, random, now, connections } = this.#kernel
    const nat = this.#nat
    const before = this.#packet
    const { packet, outcome, steps, tried }: Evaluation = evaluate(ruleset, hook, before, {
      isLocal,
      random,
      now,
      memory: connections.memory,
      state: this.#tracked.state,
      tried: this.#tried,
      ...(nat === undefined
        ? {}
        : { nat, isSnat: nat.connection.isSnat, isDnat: nat.connection.isDnat }),
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
    return this.#routeOut() ?? this.pass('output') ?? this.#routeOut()
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
    return this.pass('input') ?? this.#confirm('input') ?? this.#end({ kind: 'delivered' })
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
    const { state, isReply } = this.#tracked
    const hooks = this.#hooks
    return {
      packet: this.#packet,
      outcome,
      hooks,
      steps: hooks.flatMap(({ steps }) => steps),
      tried: this.#tried,
      state,
      isReply,
      ...(this.#nat === undefined ? {} : { connection: this.#nat.connection }),
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
