// Collects the hops of a trace. Requests by the thousand do without: then nothing is written, and no text is made.
import type { TraceHop } from './trace.ts'

export interface Hops {
  /** What is collected; empty if nothing is. */
  readonly list: readonly TraceHop[]
  readonly isKept: boolean
  add(make: () => TraceHop): void
}

export class HopList implements Hops {
  readonly list: TraceHop[] = []
  readonly isKept = true

  add(make: () => TraceHop): void {
    this.list.push(make())
  }
}

export const NO_HOPS: Hops = Object.freeze({
  list: Object.freeze([]),
  isKept: false,
  add: () => {},
})
