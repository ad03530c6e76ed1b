// Where a packet is on its way, and how the way ends.
import type { Packet } from '#netfilter/packet.ts'
import type { Host } from './host.ts'
import type { TraceOutcome } from './trace.ts'
import type { WorldNode, WorldPod } from './world.ts'

export interface Arrived {
  readonly kind: 'arrived'
  readonly host: Host
  readonly packet: Packet
}

export interface Stopped {
  readonly kind: 'stopped'
  readonly outcome: Exclude<TraceOutcome, 'delivered' | 'nxdomain'>
  readonly says: string
}

export type WalkEnd = Arrived | Stopped

/** In a node's kernel. */
export interface InKernel {
  readonly kind: 'kernel'
  readonly node: WorldNode
  readonly packet: Packet
  readonly from: 'process' | 'cable' | WorldPod
}

/** On the cable, or behind the router. */
export interface Outside {
  readonly kind: 'outside'
  readonly packet: Packet
  /** The node that it left, if one. */
  readonly from?: WorldNode
}

export type Position = InKernel | Outside | WalkEnd

export const stopped = (outcome: Stopped['outcome'], says: string): Stopped => ({
  kind: 'stopped',
  outcome,
  says,
})
