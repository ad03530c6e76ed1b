// The state of one packet's way through a hook.
import type { EvaluationContext, NatChoice } from './evaluation.ts'
import type { MatchContext } from './match.ts'
import type { Hook, Packet } from './packet.ts'
import type { BaseChain, Chain, Table } from './ruleset.ts'
import type { Step } from './step.ts'

/** A base chain, with where it stands. */
export interface Place {
  /** `ip nat` */
  readonly key: string
  readonly table: Table
  readonly chain: Chain
  readonly base: BaseChain
}

export interface Walk {
  readonly hook: Hook
  packet: Packet
  context: EvaluationContext & MatchContext
  readonly steps: Step[]
  tried: number
  choice?: NatChoice
}
