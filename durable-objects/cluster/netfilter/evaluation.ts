// What an evaluation is given and what it says.
import type { Packet } from './packet.ts'
import type { MatchContext } from './match.ts'
import type { RuleMemory } from './rule-memory.ts'
import type { Side } from './rule.ts'
import type { Deed, Step } from './step.ts'

/** `isLocal`: the address belongs to the node itself. `state`: what connection tracking says of the packet. */
export interface EvaluationContext extends Omit<MatchContext, 'isSnat' | 'isDnat'> {
  /** The connection's addresses were changed at an earlier hook. */
  readonly isSnat?: boolean
  readonly isDnat?: boolean
  /** From 0 to 2^32-1. */
  readonly random: () => number
  /** How chance decides; by `random` if absent. */
  readonly chance?: Chance | undefined
  readonly now: number
  readonly memory: RuleMemory
  /** How addresses are changed. Without it DNAT changes the destination of new connections, and masquerading is only reported. */
  readonly nat?: Nat
  /** Rules that were tried at earlier hooks. */
  readonly tried?: number
}

/** How the addresses of the packet's connection are changed. */
export interface Nat {
  /** It was decided on the connection's first packet what becomes of this side: rules are not asked. */
  readonly isDecided: (side: Side) => boolean
  /** The packet with this side as the connection has it. `choice`: what rules said just now. undefined: the packet is lost. */
  readonly change: (side: Side, packet: Packet, choice: NatChoice | undefined) => Packet | undefined
}

export type PacketOutcome =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly with: string }

export interface Evaluation {
  /** As it leaves the hook, or as it was when it was stopped. */
  readonly packet: Packet
  readonly outcome: PacketOutcome
  readonly steps: readonly Step[]
  /** Rules that were tried, those of earlier hooks included. */
  readonly tried: number
  /** What the nat chains said. */
  readonly nat?: NatChoice
}

/** What rules say becomes of a connection's addresses. */
export type NatChoice = Extract<Deed, { kind: 'dnat' | 'masquerade' }>

/** Decides what rules leave to chance. With the decisions written down, an evaluation can be told from another without its draws. */
export interface Chance {
  /** Whether something happens that does in `threshold` of 2^31 cases. */
  readonly happens: (threshold: number) => boolean
  /** One of `count`, from 0. */
  readonly oneOf: (count: number) => number
  /** Whose turn it is of `count`; `take` counts the turns. Nothing is left to chance here, but the next packet decides otherwise. */
  readonly turn: (count: number, take: () => number) => number
}

/** Linux compares 31 random bits with a probability in as many (xt_statistic.c), and scales 32 for a choice (reciprocal_scale). */
export const chanceOf = (random: () => number): Chance => ({
  happens: (threshold) => (random() & 0x7fff_ffff) < threshold,
  oneOf: (count) => Math.floor((random() / 0x1_0000_0000) * count),
  turn: (count, take) => take() % count,
})
