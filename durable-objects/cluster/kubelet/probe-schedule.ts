// When a probe's result changes. Nothing is polled: the ticks of a probe are counted, not run.
// kubernetes: pkg/kubelet/prober/worker.go doProbe
import type { Probe } from '#api/core/v1/pod/container-types.ts'
import type { ProbeOutcome } from '#kubelet/probe-outcome.ts'

export interface ProbeChange {
  readonly at: number
  readonly isHealthy: boolean
}

export interface ProbeFailure {
  readonly at: number
  readonly message: string
  /** How many failed ticks this stands for. */
  readonly count: number
}

export interface ProbeSchedule {
  /** Changes of the result, thresholds regarded. */
  readonly changes: readonly ProbeChange[]
  /** What is worth an event: the first failure of a row, and the rest of the row when it counts. */
  readonly failures: readonly ProbeFailure[]
}

/**
 * Example: period 10 s, failureThreshold 3, answers fail from 12 s on. Ticks at 0, 10, 20, 30, 40 s: the failures at 20,
 * 30 and 40 s make the result change at 40 s.
 *
 * `initial` is the result before any tick; undefined for startup probes, for which either result is a change.
 */
export const scheduleProbe = (
  probe: Probe,
  outcomes: readonly ProbeOutcome[],
  startedAt: number,
  base: number,
  initial: boolean | undefined,
): ProbeSchedule => {
  const period = (probe.periodSeconds ?? 10) * 1000
  const firstTick = Math.max(base, startedAt + (probe.initialDelaySeconds ?? 0) * 1000)
  const changes: ProbeChange[] = []
  const failures: ProbeFailure[] = []
  let result = initial
  let run = 0
  let previous: boolean | undefined
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.isHealthy === undefined) continue
    const begin = Math.max(startedAt + outcome.from, firstTick)
    const next = outcomes[index + 1]
    const end = next === undefined ? Infinity : startedAt + next.from
    const first = firstTick + Math.ceil((begin - firstTick) / period) * period
    if (first >= end) continue
    const ticks = end === Infinity ? Infinity : Math.ceil((end - first) / period)
    if (previous !== outcome.isHealthy) run = 0
    previous = outcome.isHealthy
    const threshold = outcome.isHealthy
      ? (probe.successThreshold ?? 1)
      : (probe.failureThreshold ?? 3)
    const needed = Math.max(1, threshold - run)
    const isReached = result !== outcome.isHealthy && ticks >= needed
    const at = first + (needed - 1) * period
    if (!outcome.isHealthy) {
      failures.push({ at: first, message: outcome.message, count: 1 })
      if (isReached && needed > 1)
        failures.push({ at, message: outcome.message, count: needed - 1 })
    }
    if (isReached) {
      result = outcome.isHealthy
      changes.push({ at, isHealthy: outcome.isHealthy })
    }
    run += ticks
  }
  return { changes, failures }
}

/** The result at a moment. */
export const resultAt = (
  schedule: ProbeSchedule,
  time: number,
  initial: boolean | undefined,
): boolean | undefined =>
  schedule.changes.findLast((change) => change.at <= time)?.isHealthy ?? initial
