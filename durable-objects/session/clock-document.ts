// The session's clock, as it is told.
import { formatMilliTime } from '../cluster/apimachinery/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { SessionClock } from '../session-clock.ts'

export interface ClockDocument {
  readonly running: boolean
  /** Seconds of the session in a real one, while it runs. */
  readonly speed: number
  readonly now: string
  /** When something is looked at by itself next, whether it changes then or not. */
  readonly nextDeadline?: string
  /** Nothing happens any more until somebody does something. */
  readonly atRest: boolean
  readonly revision: number
}

export const clockDocument = (cluster: Cluster, clock: SessionClock): ClockDocument => {
  const deadline = cluster.nextDeadline()
  return {
    running: clock.isRunning,
    speed: clock.speed,
    now: formatMilliTime(cluster.now),
    ...(deadline === undefined ? {} : { nextDeadline: formatMilliTime(deadline) }),
    atRest: deadline === undefined,
    revision: cluster.revision,
  }
}
