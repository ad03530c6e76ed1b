// Lets time pass from one moment to the next at which something happens.
import type { Cluster } from '#cluster.ts'

export interface Bounds {
  /** No later than this, in milliseconds since the epoch. */
  readonly until: number
  /** How often components may run: what is begun at a moment is still done, so that it may be more. */
  readonly runs: number
}

/**
 * What it ended with: what was asked for; nothing left that could happen by itself (time stands at the last thing that did); the
 * latest moment; more to do than is done at once.
 */
export type Ending = 'reached' | 'rest' | 'time' | 'work'

/** Asks `isReached` now and after each moment. */
export const runUntil = (cluster: Cluster, bounds: Bounds, isReached: () => boolean): Ending => {
  const most = cluster.runs + bounds.runs
  while (!isReached()) {
    const due = cluster.nextDeadline()
    if (due === undefined) return 'rest'
    if (due > bounds.until) {
      cluster.advance(bounds.until)
      return 'time'
    }
    if (cluster.runs >= most) return 'work'
    cluster.advance(due)
  }
  return 'reached'
}
