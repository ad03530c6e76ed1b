// Probes that run a command. Nobody runs it at each tick: what it says is remembered and holds until something has changed that it may have
// looked at: files that programs write at moments that are known, files that somebody else has written, the network.
import type { Container, Probe } from '#api/core/v1/pod/container-types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord, ProbeKind, ProbeLook, ProbeLooks } from '#kubelet/pod-record.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'
import { lookByHttp } from '#kubelet/probe-outcome.ts'
import type { Health } from '#kubelet/probes.ts'

const KINDS = ['startup', 'liveness', 'readiness'] as const
/** Of one probe of one run; what comes after that is not noticed. */
const MOST_LOOKS = 200
/** kubernetes: pkg/probe/exec/exec.go maxReadLength */
const LONGEST_MESSAGE = 10 * 1024
/** What the network says may change at any time: it is asked at so many ticks, then more and more rarely. */
const EAGER_TICKS = 20

export const probeOf = (container: Container, kind: ProbeKind): Probe | undefined =>
  container[`${kind}Probe`]

/** The next looks of a container's commands. */
export const lookSteps = (
  run: PodRun,
  container: PodContainer,
  record: ContainerRecord,
  health: Health,
  now: number,
): readonly Step[] => {
  if (run.facts.runtime === undefined) return []
  return KINDS.flatMap((kind) => {
    const probe = probeOf(container.spec, kind)
    const isOver = kind === 'startup' && health.startedAt !== undefined
    const base = kind === 'startup' ? (record.begunAt ?? record.at) : health.startedAt
    if (probe === undefined || base === undefined || isOver) return []
    if (probe.exec === undefined && !looksAtFiles(run, probe, record.looks?.[kind])) return []
    const ticks = new Ticks(probe, record.at, base)
    const at = nextLook(run, ticks, record.looks?.[kind], now)
    if (at === undefined) return []
    const isBlocked = !run.canAsk(container)
    return [{ at, isBlocked, run: () => look(run, container, kind, probe, at) }]
  })
}

/** What servers answer is known beforehand, as long as nobody touches their files. */
const looksAtFiles = (run: PodRun, { httpGet }: Probe, last: ProbeLooks | undefined): boolean =>
  httpGet !== undefined && (last !== undefined || run.facts.runtime?.().isWritten(run.pod) === true)

/** The moments at which a probe is run. */
class Ticks {
  readonly first: number
  readonly period: number

  constructor(
    { initialDelaySeconds = 0, periodSeconds = 10 }: Probe,
    startedAt: number,
    base: number,
  ) {
    this.first = Math.max(base, startedAt + initialDelaySeconds * 1000)
    this.period = periodSeconds * 1000
  }

  /** The first one that is not before a moment. */
  from(moment: number): number {
    const { first, period } = this
    return first + Math.max(0, Math.ceil((moment - first) / period)) * period
  }
}

const nextLook = (
  run: PodRun,
  ticks: Ticks,
  last: ProbeLooks | undefined,
  now: number,
): number | undefined => {
  if (last === undefined) return ticks.from(Math.max(ticks.first, now))
  const moments = changesAfter(run, last.at)
  if (run.filesMark !== last.mark) moments.push(now)
  if (last.asked === true) moments.push(last.at + pauseAfter(ticks, last.at))
  const moment = Math.min(...moments)
  return moment === Infinity ? undefined : ticks.from(Math.max(moment, last.at + 1, now))
}

const pauseAfter = ({ first, period }: Ticks, at: number): number => {
  const asked = (at - first) / period
  return asked < EAGER_TICKS ? period : Math.max(period, Math.floor((at - first) / 10))
}

/** When programs of the pod change something after that moment. */
const changesAfter = (run: PodRun, moment: number): number[] =>
  run.containers.flatMap((container) => {
    const { phase, at } = run.of(container)
    if (phase !== 'running') return []
    const { listens, files = [] } = run.process(container)
    const begins = listens.flatMap(({ after, changes = [] }) => [
      after,
      ...changes.map((change) => after + change),
    ])
    return [...begins, ...files.map(({ after }) => after)]
      .map((after) => at + after)
      .filter((change) => change > moment)
  })

const look = (
  run: PodRun,
  container: PodContainer,
  kind: ProbeKind,
  probe: Probe,
  at: number,
): void => {
  const record = run.of(container)
  const known = record.looks?.[kind]?.looks ?? []
  const { answer, asked } = answerOf(run, container, probe, at)
  const before = known.at(-1)
  const isSame = before?.isHealthy === answer.isHealthy && before.message === answer.message
  const looks =
    isSame || known.length >= MOST_LOOKS ? known : [...known, { from: at - record.at, ...answer }]
  const next: Mutable<ProbeLooks> = { looks, at, mark: run.filesMark }
  if (asked) next.asked = true
  run.set(container, { ...record, looks: { ...record.looks, [kind]: next } })
}

const answerOf = (
  run: PodRun,
  container: PodContainer,
  probe: Probe,
  at: number,
): { readonly answer: Omit<ProbeLook, 'from'>; readonly asked: boolean } => {
  const { exec, timeoutSeconds = 1 } = probe
  if (exec === undefined) {
    const files = run.facts.runtime!().filesOf(run.pod, container.spec.name)
    const target = { ...run.probeTarget(container), files }
    const { isHealthy = true, message } = lookByHttp(probe, target, at - run.of(container).at)
    return { answer: { isHealthy, message }, asked: false }
  }
  const command = exec.command ?? []
  const result = run.facts.runtime!().run({
    pod: run.pod,
    container: container.spec.name,
    command,
    startedAt: at,
    until: at + timeoutSeconds * 1000,
    isReal: false,
  })
  if (result.kind === 'waits') {
    const message = `command ${JSON.stringify(command.join(' '))} timed out`
    return { answer: { isHealthy: false, message }, asked: result.asked }
  }
  const { exitCode, stdout, stderr, asked } = result
  const message = exitCode === 0 ? '' : (stdout + stderr).slice(0, LONGEST_MESSAGE)
  return { answer: { isHealthy: exitCode === 0, message }, asked }
}
