// How containers are brought to an end: first their hook, then the signal. kubernetes: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer
import { exitContainer, reasonOf } from '#kubelet/container-exit.ts'
import { runHook } from '#kubelet/hooks.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord, Ending } from '#kubelet/pod-record.ts'
import { earliest, type PodRun, type Step } from '#kubelet/pod-run.ts'
import { readinessSteps } from '#kubelet/probe-steps.ts'

/** Every container gets at least this long. kubernetes: minimumGracePeriodInSeconds */
const SHORTEST_GRACE_MS = 2000
const KILLED = 137

/** What a pod's specification gives its containers, in seconds. */
export const graceOfSpec = ({ pod }: PodRun): number =>
  pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30

/** Tells a container to end; its hook comes first. */
export const tellToEnd = (
  run: PodRun,
  container: PodContainer,
  at: number,
  graceSeconds: number,
  message: string,
): void => {
  const record = run.of(container)
  run.note('Normal', 'Killing', message, container)
  const grace = graceSeconds * 1000
  if (run.isAlways) {
    const { terminates = 0 } = run.process(container)
    const stop = { at: at + run.delaysAt(at).containerStop, code: terminates, since: at }
    run.set(container, { ...record, stop })
    return
  }
  const hasHook = container.spec.lifecycle?.preStop !== undefined && grace > 0
  const ending: Ending = hasHook
    ? { since: at, grace, hook: { wakeAt: at } }
    : { since: at, grace, left: grace, hookedAt: at }
  run.set(container, { ...record, ending })
}

/** The next thing that happens to a container that is to end. `turn`: it may not be sent the signal before. */
export const endingStep = (
  run: PodRun,
  container: PodContainer,
  ending: Ending,
  now: number,
  turn: number = ending.since,
  limit = Infinity,
): Step | undefined => {
  if (ending.hook !== undefined) return preStopStep(run, container, ending, now, limit)
  const { left = 0, hookedAt = ending.since } = ending
  const at = Math.min(Math.max(turn, hookedAt), hookedAt + left, limit)
  return { at, run: () => signal(run, container, at, left - wholeSeconds(at - hookedAt)) }
}

const wholeSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000

const preStopStep = (
  run: PodRun,
  container: PodContainer,
  ending: Ending,
  now: number,
  limit: number,
): Step => {
  const { since, grace, hook } = ending
  const deadline = Math.min(since + grace, limit)
  const at = Math.min(hook?.wakeAt ?? Infinity, deadline)
  return {
    at,
    isBlocked: run.facts.runtime !== undefined && !run.canAsk(container),
    run: () => {
      const handler = container.spec.lifecycle?.preStop ?? {}
      const result = runHook({ run, container, handler, since, now: Math.max(now, at) })
      const record = run.of(container)
      if (result.kind === 'waits' && at < deadline) {
        const wakeAt = result.until === undefined ? {} : { wakeAt: result.until }
        run.set(container, { ...record, ending: { since, grace, hook: wakeAt } })
        return
      }
      const left = Math.max(0, grace - wholeSeconds(at - since))
      const hangs = result.kind === 'waits' && handler.exec !== undefined ? { hangs: true } : {}
      run.set(container, { ...record, ending: { since, grace, left, hookedAt: at, ...hangs } })
      if (result.kind === 'done' && result.failure !== undefined)
        run.note('Warning', 'FailedPreStopHook', 'PreStopHook failed', container)
    },
  }
}

/** Sends the signal: when it ends, and how. */
const signal = (run: PodRun, container: PodContainer, at: number, leftOver: number): void => {
  const { terminates, terminatesAfter = 0 } = run.process(container)
  const takes = run.delaysAt(at).containerStop + terminatesAfter
  const left = Math.max(leftOver, SHORTEST_GRACE_MS)
  const isKilled = container.spec.lifecycle?.stopSignal === 'SIGKILL'
  const end = isKilled
    ? { at, code: KILLED }
    : terminates !== undefined && takes <= left
      ? { at: at + takes, code: terminates }
      : { at: at + left, code: KILLED }
  run.set(container, { ...run.of(container), stop: { ...end, since: at } })
}

/** The step at which a container that was sent its signal is gone, or ends by itself before that. */
export const goneStep = (
  run: PodRun,
  container: PodContainer,
  { at: startedAt, stop }: ContainerRecord,
  limit = Infinity,
): Step | undefined => {
  const { ends } = run.process(container)
  const byItself = ends === undefined ? Infinity : startedAt + ends.after
  const told = stop === undefined ? Infinity : Math.min(stop.at, limit)
  if (ends !== undefined && byItself <= told) {
    const reason = ends.reason ?? reasonOf(ends.exitCode)
    return {
      at: byItself,
      run: () => exitContainer(run, container, ends.exitCode, reason, byItself),
    }
  }
  if (stop === undefined) return undefined
  return {
    at: told,
    run: () => exitContainer(run, container, stop.code, reasonOf(stop.code), told),
  }
}

/** kubernetes: pkg/kubelet/eviction/eviction_manager.go immediateEvictionGracePeriodSeconds */
const EVICTED_SECONDS = 1

const graceOf = (run: PodRun): number =>
  (run.stopping?.cause === 'evicted' ? EVICTED_SECONDS : undefined) ??
  (run.stopping?.cause === 'deleted' ? run.pod.metadata.deletionGracePeriodSeconds : undefined) ??
  run.pod.spec.terminationGracePeriodSeconds ??
  30

type FailPostStart = (run: PodRun, container: PodContainer, at: number, failure: string) => void

/** The steps of a pod that stops: all are told at once, and the signals come in turn: sidecars' last, from the last to the first. */
export const stopSteps = (
  run: PodRun,
  now: number,
  failPostStart: FailPostStart,
): readonly (Step | undefined)[] => {
  const { since } = run.stopping!
  const grace = graceOf(run) * 1000
  return run.containers.map((container, index) => {
    const record = run.of(container)
    if (record.phase !== 'running') return undefined
    const { stop, ending, postStart } = record
    // The grace period may have been shortened since.
    const isShortened = ending !== undefined && grace < ending.grace
    const limit = isShortened ? since + Math.max(grace, SHORTEST_GRACE_MS) : Infinity
    const gone = goneStep(run, container, record, limit)
    const readiness = readinessSteps(run, container, record, now)
    if (stop !== undefined) return earliest([gone, ...readiness])
    if (postStart !== undefined)
      return { at: since, run: () => failPostStart(run, container, since, '') }
    const next =
      ending === undefined
        ? {
            at: since,
            run: () => {
              const message = `Stopping container ${container.spec.name}`
              tellToEnd(run, container, since, graceOf(run), message)
            },
          }
        : endingStep(run, container, ending, now, turnToStop(run, container, index, since), limit)
    return earliest([next, gone, ...readiness])
  })
}

const turnToStop = (run: PodRun, container: PodContainer, index: number, since: number): number => {
  let turn = since
  if (container.kind !== 'sidecar') return turn
  for (const later of run.containers.slice(index + 1)) {
    const record = run.of(later)
    if (record.phase === 'running') return Infinity
    if (record.phase === 'exited') turn = Math.max(turn, record.at)
  }
  return turn
}
