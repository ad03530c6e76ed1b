// What happens to one container next. kubernetes: pkg/kubelet/kuberuntime/kuberuntime_{manager,container}.go
import { familiarReference, parseReference } from '#apimachinery/image-reference.ts'
import { nextBackOff, retryAt } from '#kubelet/back-off.ts'
import { containerId } from '#kubelet/container-id.ts'
import { goDuration } from '#kubelet/go-duration.ts'
import { beginStep, pullFinished, pullRetryStep, refusedStep } from '#kubelet/image-steps.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import { afterRun, policyOf, willRestart } from '#kubelet/container-exit.ts'
import type { ContainerRecord } from '#kubelet/pod-record.ts'
import { updateVolumes } from '#kubelet/shared-volumes.ts'
import { earliest, firstOf, type PodRun, type Step } from '#kubelet/pod-run.ts'
import { lookSteps } from '#kubelet/probe-looks.ts'
import { probeSteps } from '#kubelet/probe-steps.ts'
import { hasProbes } from '#kubelet/probes.ts'
import { isHeldUp, postStartStep, withPostStart } from '#kubelet/post-start.ts'
import { awaitLook, lookStep } from '#kubelet/relist.ts'
import { endingStep, goneStep, graceOfSpec, tellToEnd } from '#kubelet/stop-steps.ts'

export const containerStep = (
  run: PodRun,
  container: PodContainer,
  index: number,
  now: number,
): Step | undefined => {
  const record = run.of(container)
  switch (record.phase) {
    case 'waiting': {
      const turn = turnOf(run, container, index, now)
      return turn === undefined ? undefined : beginStep(run, container, turn)
    }
    case 'pulling':
      return pullFinished(run, container)
    case 'failed':
      return pullRetryStep(run, container)
    case 'refused':
      return refusedStep(run, container, now)
    case 'creating':
      return {
        at: record.at + run.delaysAt(record.at).containerStart,
        run: () => start(run, container),
      }
    case 'running':
      return runningStep(run, container, record, now)
    case 'exited':
      return restartStep(run, container, record)
  }
}

/** Init containers one after the other, then the others, started in order. */
const turnOf = (
  run: PodRun,
  container: PodContainer,
  index: number,
  now: number,
): number | undefined => {
  let turn = Math.max(run.since, run.of(container).at)
  if (container.kind === 'ephemeral') return Math.max(turn, run.time)
  for (const earlier of run.containers.slice(0, index)) {
    const record = run.of(earlier)
    if (isHeldUp(record)) return undefined
    if (earlier.kind === 'init') {
      if (record.phase !== 'exited' || record.exit?.code !== 0) return undefined
      turn = Math.max(turn, record.at)
    } else if (earlier.kind === 'sidecar') {
      const startedAt = record.phase === 'running' ? run.health(earlier, now).startedAt : undefined
      if (startedAt === undefined) return undefined
      turn = Math.max(turn, startedAt)
    } else {
      if (['waiting', 'pulling', 'creating'].includes(record.phase) && record.exit === undefined)
        return undefined
      turn = Math.max(turn, record.exit === undefined ? record.at : turn)
    }
  }
  return Math.max(turn, run.time)
}

const start = (run: PodRun, container: PodContainer): void => {
  const before = run.of(container)
  const { exit, last: _last, pullBackOff: _pull, ...rest } = afterRun(before)
  const restarts = exit === undefined ? rest.restarts : rest.restarts + 1
  run.isShown = true
  updateVolumes(run, container, run.time)
  run.startFrom(container, restarts)
  const started: ContainerRecord = {
    ...rest,
    phase: 'running',
    at: run.time,
    image: shownImage(container.spec.image ?? ''),
    restarts,
    id: containerId(run.pod.metadata.uid ?? '', container.spec.name, restarts),
    ...(exit === undefined ? {} : { last: exit }),
  }
  run.set(container, run.isAlways ? started : withPostStart(container, started, before))
  if (!run.isAlways) awaitLook(run, container, before)
  run.note('Normal', 'Started', 'Container started', container)
}

/** The image as a status names it. */
export const shownImage = (image: string): string => {
  const reference = parseReference(image)
  return 'invalid' in reference ? image : familiarReference(reference)
}

const runningStep = (
  run: PodRun,
  container: PodContainer,
  record: ContainerRecord,
  now: number,
): Step | undefined => {
  const { asksAt } = run.process(container)
  let first: Step | undefined
  if (asksAt !== undefined)
    first = {
      at: record.at + asksAt,
      isBlocked: !run.canAsk(container),
      run: () => run.ask(container, asksAt),
    }
  const { stop, ending, postStart } = record
  first = firstOf(first, lookStep(run, container, record))
  if (postStart !== undefined) first = firstOf(first, postStartStep(run, container, record, now))
  first = firstOf(first, goneStep(run, container, record))
  if (ending !== undefined && stop === undefined)
    first = firstOf(first, endingStep(run, container, ending, now))
  if (stop !== undefined || ending !== undefined || postStart !== undefined) return first
  if (container.kind !== 'ephemeral' && record.image !== shownImage(container.spec.image ?? ''))
    first = firstOf(first, {
      at: now,
      run: () => kill(run, container, now, 'definition changed'),
    })
  if (!hasProbes(container.spec)) return first
  return firstOf(first, earliest(healthSteps(run, container, record, now)))
}

const healthSteps = (
  run: PodRun,
  container: PodContainer,
  record: ContainerRecord,
  now: number,
): readonly Step[] => {
  const health = run.health(container, now)
  const looks = lookSteps(run, container, record, health, now)
  const steps = [...looks, ...probeSteps(run, container, record, health)]
  const { kill: death } = health
  if (death === undefined) return steps
  const cause = `failed ${death.kind} probe` as const
  return [...steps, { at: death.at, run: () => kill(run, container, death.at, cause) }]
}

type Cause = 'definition changed' | 'failed startup probe' | 'failed liveness probe'

const kill = (run: PodRun, container: PodContainer, at: number, cause: Cause): void => {
  const { startupProbe, livenessProbe } = container.spec
  const probe =
    cause === 'failed startup probe'
      ? startupProbe
      : cause === 'failed liveness probe'
        ? livenessProbe
        : undefined
  const grace = probe?.terminationGracePeriodSeconds ?? graceOfSpec(run)
  const again = policyOf(run, container) === 'Never' ? '' : ', will be restarted'
  tellToEnd(run, container, at, grace, `Container ${container.spec.name} ${cause}${again}`)
}

const restartStep = (
  run: PodRun,
  container: PodContainer,
  record: ContainerRecord,
): Step | undefined => {
  const { exit, restartBackOff, why } = record
  if (exit === undefined || !willRestart(run, container)) return undefined
  const due = retryAt(restartBackOff, exit.finishedAt)
  const announceAt = record.at + run.delaysAt(record.at).containerStart
  if (due > exit.finishedAt && announceAt < due && why?.reason !== 'CrashLoopBackOff')
    return { at: announceAt, run: () => announceBackOff(run, container) }
  const at = Math.max(due, record.at)
  return {
    at,
    run: () => {
      const next = nextBackOff(restartBackOff, exit.finishedAt, at)
      run.set(container, { ...record, restartBackOff: next })
      beginStep(run, container, at).run()
    },
  }
}

const announceBackOff = (run: PodRun, container: PodContainer): void => {
  const record = run.of(container)
  const { name } = container.spec
  const delay = goDuration(record.restartBackOff?.delay ?? 0)
  const message = `back-off ${delay} restarting failed container=${name} pod=${run.fullName}`
  run.set(container, { ...record, why: { reason: 'CrashLoopBackOff', message } })
  run.isShown = true
  run.note(
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${name} in pod ${run.fullName}`,
    container,
  )
}
