// How containers are brought to an end. kubernetes: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer
import type { LifecycleHandler } from '#api/core/v1/pod/container-types.ts'
import { runCommand } from '#images/command.ts'
import { exitContainer, reasonOf } from '#kubelet/container-exit.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'

/** Every container gets at least this long. kubernetes: minimumGracePeriodInSeconds */
const SHORTEST_GRACE_MS = 2000
const KILLED = 137

/** When a container that is told to stop at `at` ends, and how. */
export const stopTime = (
  run: PodRun,
  container: PodContainer,
  at: number,
  graceSeconds: number,
): { readonly at: number; readonly code: number } => {
  const { containerStop } = run.facts.delays
  const { terminates } = run.process(container)
  if (run.isAlways) return { at: at + containerStop, code: terminates ?? 0 }
  const grace = graceSeconds * 1000
  const hook = Math.min(grace, hookDuration(container.spec.lifecycle?.preStop))
  const left = Math.max(grace - hook, SHORTEST_GRACE_MS)
  return terminates !== undefined && containerStop <= left
    ? { at: at + hook + containerStop, code: terminates }
    : { at: at + hook + left, code: KILLED }
}

const hookDuration = (hook: LifecycleHandler | undefined): number => {
  if (hook?.sleep !== undefined) return hook.sleep.seconds * 1000
  if (hook?.exec === undefined) return 0
  const { ends, guessed } = runCommand(hook.exec.command ?? [], { env: {}, ports: [] })
  if (ends !== undefined) return ends.after
  return guessed === true ? 0 : Infinity
}

const graceOf = (run: PodRun): number =>
  (run.stopping?.cause === 'deleted' ? run.pod.metadata.deletionGracePeriodSeconds : undefined) ??
  run.pod.spec.terminationGracePeriodSeconds ??
  30

/** The steps of a pod that stops: first the others, then sidecars from the last to the first. */
export const stopSteps = (run: PodRun): readonly (Step | undefined)[] => {
  const { since } = run.stopping!
  const limit = since + Math.max(graceOf(run) * 1000, SHORTEST_GRACE_MS)
  return run.containers.map((container, index) => {
    const record = run.of(container)
    if (record.phase !== 'running') return undefined
    const { stop } = record
    if (stop !== undefined) {
      // The grace period may have been shortened since.
      const at = Math.min(stop.at, Math.max(limit, since))
      return {
        at,
        run: () => exitContainer(run, container, stop.code, reasonOf(stop.code), at),
      }
    }
    const turn = turnToStop(run, container, index, since)
    if (turn === undefined) return undefined
    return {
      at: turn,
      run: () => {
        const left = Math.max(0, graceOf(run) - (turn - since) / 1000)
        run.set(container, { ...run.of(container), stop: stopTime(run, container, turn, left) })
        const message = `Stopping container ${container.spec.name}`
        run.note('Normal', 'Killing', message, container)
      },
    }
  })
}

const turnToStop = (
  run: PodRun,
  container: PodContainer,
  index: number,
  since: number,
): number | undefined => {
  let turn = since
  if (container.kind !== 'sidecar') return turn
  for (const later of run.containers.slice(index + 1)) {
    const record = run.of(later)
    if (record.phase === 'running') return undefined
    if (record.phase === 'exited') turn = Math.max(turn, record.at)
  }
  return turn
}
