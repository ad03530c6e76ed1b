// What happens to a pod next. kubernetes: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, SyncPod
import { afterRun, willRestart } from '#kubelet/container-exit.ts'
import { containerStep } from '#kubelet/container-steps.ts'
import { evictionOf } from '#kubelet/eviction.ts'
import { isTerminal } from '#kubelet/pod-record.ts'
import { earliest, firstOf, type PodRun, type Step } from '#kubelet/pod-run.ts'
import { failPostStart } from '#kubelet/post-start.ts'
import { sharingSteps } from '#kubelet/shared-volumes.ts'
import { stopSteps } from '#kubelet/stop-steps.ts'

/** More steps than any pod takes between two looks; a guard, not a rule. */
const MOST_STEPS = 100_000

/** Moves the run to `now`; returns when something would happen next. */
export const moveTo = (run: PodRun, now: number): number | undefined => {
  returnFromPowerLoss(run, now)
  for (let count = 0; count < MOST_STEPS; count++) {
    const step = nextStep(run, now)
    if (step === undefined) return undefined
    if (step.at > now || step.isBlocked === true) return step.at
    run.time = Math.max(run.time, step.at)
    step.run()
  }
  throw new Error(`pod ${run.fullName} does not come to rest`)
}

/** Nothing of the pod runs any more, and nothing will. */
export const isFinished = (run: PodRun): boolean =>
  run.stopping !== undefined &&
  run.containers.every((container) => run.of(container).phase !== 'running')

const nextStep = (run: PodRun, now: number): Step | undefined => {
  if (run.stopping === undefined) {
    const stop = stopStep(run, now)
    if (stop !== undefined && stop.at <= now) return stop
    const start = startStep(run, now)
    return run.containers.length < 2
      ? firstOf(stop, start)
      : firstOf(firstOf(stop, earliest(sharingSteps(run))), start)
  }
  return earliest(stopSteps(run, now, failPostStart))
}

const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline'

/** Why and when the pod stops as a whole. */
const stopStep = (run: PodRun, now: number): Step | undefined => {
  const { metadata, spec, status } = run.pod
  if (metadata.deletionTimestamp !== undefined)
    return { at: now, run: () => (run.stopping = { since: now, cause: 'deleted' }) }
  if (isTerminal(status))
    return { at: now, run: () => (run.stopping = { since: now, cause: 'completed' }) }
  const completedAt = completionOf(run)
  if (completedAt !== undefined)
    return {
      at: completedAt,
      run: () => (run.stopping = { since: completedAt, cause: 'completed' }),
    }
  return firstOf(deadlineStep(run, spec.activeDeadlineSeconds), evictionStep(run))
}

const deadlineStep = (run: PodRun, seconds: number | undefined): Step | undefined => {
  if (seconds === undefined) return undefined
  const at = run.since + seconds * 1000
  return {
    at,
    run: () => {
      run.stopping = { since: at, cause: 'deadline' }
      run.note('Normal', 'DeadlineExceeded', DEADLINE_MESSAGE)
    },
  }
}

const evictionStep = (run: PodRun): Step | undefined => {
  const eviction = evictionOf(run)
  if (eviction === undefined) return undefined
  const { at, message } = eviction
  return {
    at,
    run: () => {
      run.stopping = { since: at, cause: 'evicted', message }
      run.note('Warning', 'Evicted', message)
    },
  }
}

/** When the last container ended for good, or an init container failed for good. */
const completionOf = (run: PodRun): number | undefined => {
  let last = 0
  let isOver = true
  for (const container of run.containers) {
    const { phase, exit } = run.of(container)
    const isGone = phase === 'exited' && !willRestart(run, container)
    if (container.kind === 'init' && isGone && exit!.code !== 0) return exit!.finishedAt
    if (container.kind !== 'regular') continue
    if (!isGone) isOver = false
    else last = Math.max(last, exit!.finishedAt)
  }
  return isOver ? last : undefined
}

const startStep = (run: PodRun, now: number): Step | undefined => {
  if (run.ip === undefined) return sandboxStep(run, now)
  let first: Step | undefined
  for (let index = 0; index < run.containers.length; index++)
    first = firstOf(first, containerStep(run, run.containers[index]!, index, now))
  return first
}

const NO_ADDRESS =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container network: plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set'

/** Volumes are mounted and the sandbox gets its address. */
const sandboxStep = (run: PodRun, now: number): Step | undefined => {
  const at = Math.max(run.time, run.lostAt ?? 0)
  const failure = run.isAlways ? undefined : run.facts.mountFailure()
  if (failure !== undefined) return complainOnce(run, now, 'FailedMount', failure)
  const ip = run.pod.spec.hostNetwork === true ? run.facts.hostIP : run.facts.freeIP()
  if (ip === undefined) return complainOnce(run, now, 'FailedCreatePodSandBox', NO_ADDRESS)
  const waited = run.mountFailure !== undefined
  return {
    at: waited ? now : at,
    run: () => {
      run.ip = ip
      run.mountFailure = undefined
    },
  }
}

const complainOnce = (
  run: PodRun,
  now: number,
  reason: string,
  message: string,
): Step | undefined =>
  run.mountFailure === message
    ? undefined
    : {
        at: now,
        run: () => {
          run.mountFailure = message
          run.note('Warning', reason, message)
        },
      }

/** After a power loss all processes are dead and the sandbox is gone. kubernetes: SandboxChanged */
const returnFromPowerLoss = (run: PodRun, now: number): void => {
  const { lostAt } = run
  if (lostAt === undefined) return
  run.lostAt = undefined
  run.time = Math.max(run.time, now)
  if (isTerminal(run.pod.status)) return
  for (const container of run.containers) {
    const record = run.of(container)
    if (record.phase === 'running') {
      const rest = afterRun(record)
      const id = record.id ?? ''
      const exit = { id, code: 255, reason: 'Error', startedAt: record.at, finishedAt: lostAt }
      run.set(container, { ...rest, phase: 'exited', at: lostAt, exit })
    } else if (record.phase === 'pulling' || record.phase === 'creating')
      run.set(container, { ...record, phase: 'waiting', at: now })
  }
  if (run.pod.metadata.deletionTimestamp !== undefined || completionOf(run) !== undefined) return
  run.note('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  run.ip = undefined
  for (const container of run.containers) {
    const record = run.of(container)
    const isAgain = container.kind === 'init' || willRestart(run, container)
    if (record.phase === 'exited' && isAgain)
      run.set(container, { ...record, phase: 'waiting', at: now })
  }
}
