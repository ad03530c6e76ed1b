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

type Failures = readonly (ProbeFailure & { readonly kind: ProbeKind; readonly index: number })[]

/** What is to be reported of a kind of probe, up to the moment at which it has the container killed or is done. */
const reportable = (kind: ProbeKind, failures: readonly ProbeFailure[], until?: number): Failures =>
  failures
    .filter(({ at }) => until === undefined || at <= until)
    .map((failure, index) => ({ ...failure, kind, index }))

/** `begunAt`: when its hook was done; nobody probes it before. */
export const healthOf = (
  target: ProbeTarget,
  runningSince: number,
  now: number,
  begunAt: number = runningSince,
): Health => {
  if (!hasProbes(target.container)) return withoutProbes(begunAt)
  const scheduleOf = (kind: ProbeKind, base: number | undefined, initial?: boolean) => {
    const probe = target.container[`${kind}Probe`]
    return probe === undefined || base === undefined
      ? undefined
      : scheduleProbe(probe, probeOutcomes(probe, target, kind), runningSince, base, initial)
  }
  const startup = scheduleOf('startup', begunAt)
  // Once it has started, the startup probe is not run any more, and the others begin.
  const first = startup?.changes[0]
  const startedAt =
    startup === undefined ? begunAt : first?.isHealthy === true ? first.at : undefined
  const liveness = scheduleOf('liveness', startedAt, true)
  const readiness = scheduleOf('readiness', startedAt, false)
  const dead = liveness?.changes.find((change) => !change.isHealthy)
  const isStarted = startedAt !== undefined && startedAt <= now
  const moments = [startedAt, ...(readiness?.changes.map(({ at }) => at) ?? [])]
  const changesAt = Math.min(
    ...moments.filter((moment) => moment !== undefined).filter((moment) => moment > now),
  )
  return {
    isStarted,
    isReady: isStarted && (readiness === undefined || resultAt(readiness, now, false) === true),
    failures: [
      ...reportable('startup', startup?.failures ?? [], first?.at),
      ...reportable('liveness', liveness?.failures ?? [], dead?.at),
      ...reportable('readiness', readiness?.failures ?? []),
    ],
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(first?.isHealthy === false ? { kill: { at: first.at, kind: 'startup' } } : {}),
    ...(dead === undefined ? {} : { kill: { at: dead.at, kind: 'liveness' } }),
    ...(changesAt === Infinity ? {} : { changesAt }),
  }
}
