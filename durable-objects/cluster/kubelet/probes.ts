// A running container's health at a moment.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { ProbeKind } from '#kubelet/pod-record.ts'
import { probeOutcomes, type ProbeTarget } from '#kubelet/probe-outcome.ts'
import { type ProbeFailure, resultAt, scheduleProbe } from '#kubelet/probe-schedule.ts'

export interface Health {
  readonly isStarted: boolean
  readonly isReady: boolean
  /** When it passed its startup probe, if it did. */
  readonly startedAt?: number
  /** When a probe has it killed, and which. */
  readonly kill?: { readonly at: number; readonly kind: 'startup' | 'liveness' }
  /** Failures to report, of each kind in order. */
  readonly failures: readonly (ProbeFailure & {
    readonly kind: ProbeKind
    readonly index: number
  })[]
  /** The next moment at which isStarted or isReady changes. */
  readonly changesAt?: number
}

export const hasProbes = ({ startupProbe, livenessProbe, readinessProbe }: Container): boolean =>
  startupProbe !== undefined || livenessProbe !== undefined || readinessProbe !== undefined

/** Started and ready as soon as it runs. */
export const withoutProbes = (runningSince: number): Health => ({
  isStarted: true,
  isReady: true,
  startedAt: runningSince,
  failures: [],
})

export const healthOf = (target: ProbeTarget, runningSince: number, now: number): Health => {
  const { container } = target
  if (!hasProbes(container)) return withoutProbes(runningSince)
  const failures: (ProbeFailure & { kind: ProbeKind; index: number })[] = []
  const report = (kind: ProbeKind, list: readonly ProbeFailure[]): void => {
    for (const [index, failure] of list.entries()) failures.push({ ...failure, kind, index })
  }
  let startedAt: number | undefined = runningSince
  let kill: Health['kill']
  if (container.startupProbe !== undefined) {
    const outcomes = probeOutcomes(container.startupProbe, target)
    const schedule = scheduleProbe(
      container.startupProbe,
      outcomes,
      runningSince,
      runningSince,
      undefined,
    )
    const first = schedule.changes[0]
    startedAt = first?.isHealthy === true ? first.at : undefined
    if (first?.isHealthy === false) kill = { at: first.at, kind: 'startup' }
    // Once it has started, the probe is not run any more.
    report(
      'startup',
      schedule.failures.filter(({ at }) => first === undefined || at <= first.at),
    )
  }
  const moments: number[] = startedAt === undefined ? [] : [startedAt]
  let isReady = startedAt !== undefined && startedAt <= now
  if (startedAt !== undefined && container.livenessProbe !== undefined) {
    const outcomes = probeOutcomes(container.livenessProbe, target)
    const schedule = scheduleProbe(container.livenessProbe, outcomes, runningSince, startedAt, true)
    const dead = schedule.changes.find((change) => !change.isHealthy)
    if (dead !== undefined) kill = { at: dead.at, kind: 'liveness' }
    report(
      'liveness',
      schedule.failures.filter(({ at }) => dead === undefined || at <= dead.at),
    )
  }
  if (startedAt !== undefined && container.readinessProbe !== undefined) {
    const outcomes = probeOutcomes(container.readinessProbe, target)
    const schedule = scheduleProbe(
      container.readinessProbe,
      outcomes,
      runningSince,
      startedAt,
      false,
    )
    isReady &&= resultAt(schedule, now, false) === true
    moments.push(...schedule.changes.map((change) => change.at))
    report('readiness', schedule.failures)
  }
  const changesAt = Math.min(...moments.filter((moment) => moment > now))
  return {
    isStarted: startedAt !== undefined && startedAt <= now,
    isReady,
    failures,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(kill === undefined ? {} : { kill }),
    ...(changesAt === Infinity ? {} : { changesAt }),
  }
}
