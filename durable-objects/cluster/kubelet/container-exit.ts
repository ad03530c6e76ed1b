// What the end of a container's process means. kubernetes: pkg/kubelet/container/helpers.go ShouldContainerBeRestarted
import { cutShort } from '#kubelet/hooks.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import { terminationMessage } from '#kubelet/termination-message.ts'
import type { ContainerRecord, Exit } from '#kubelet/pod-record.ts'
import type { PodRun } from '#kubelet/pod-run.ts'
import { updateVolumes } from '#kubelet/shared-volumes.ts'

export const reasonOf = (code: number): string => (code === 0 ? 'Completed' : 'Error')

export const exitContainer = (
  run: PodRun,
  container: PodContainer,
  code: number,
  reason: string,
  at: number,
): void => {
  const record = run.of(container)
  const { ending } = record
  const cut = cutShort(run, container)
  const hookFailure = record.hookFailure ?? cut
  const rest = afterRun(record)
  const plain: Exit = { id: rest.id ?? '', code, reason, startedAt: rest.at, finishedAt: at }
  const message = run.isAlways
    ? undefined
    : terminationMessage(container.spec, run.process(container), code, at - rest.at)
  const exit = message === undefined ? plain : { ...plain, message }
  run.set(container, { ...rest, phase: 'exited', at, exit })
  updateVolumes(run, container, at)
  // its programs die with it
  if (cut !== undefined) {
    run.note('Warning', 'FailedPostStartHook', 'PostStartHook failed', container)
    run.note('Normal', 'Killing', 'FailedPostStartHook', container)
  }
  const isCut = ending?.hook !== undefined && container.spec.lifecycle?.preStop?.exec !== undefined
  if (isCut || ending?.hangs === true)
    run.note('Warning', 'FailedPreStopHook', 'PreStopHook failed', container)
  if (hookFailure === undefined || !willRestart(run, container)) return
  const why = { reason: 'PostStartHookError', message: hookFailure }
  run.set(container, { ...run.of(container), why })
  run.isShown = true
}

/** Without what belongs to the run that is over. */
export const afterRun = (record: ContainerRecord): ContainerRecord => {
  const {
    stop: _stop,
    reported: _reported,
    why: _why,
    ending: _ending,
    postStart: _postStart,
    begunAt: _begunAt,
    hookFailure: _hookFailure,
    seenAt: _seenAt,
    shownAs: _shownAs,
    looks: _looks,
    ...rest
  } = record
  return rest
}

type Policy = 'Always' | 'OnFailure' | 'Never'

const POLICIES: readonly Policy[] = ['Always', 'OnFailure', 'Never']

export const policyOf = (run: PodRun, { kind, spec }: PodContainer): Policy => {
  const policy = run.pod.spec.restartPolicy ?? 'Always'
  if (kind === 'sidecar') return 'Always'
  if (kind === 'ephemeral') return 'Never'
  if (kind === 'init') return policy === 'Never' ? 'Never' : 'OnFailure'
  return POLICIES.find((known) => known === spec.restartPolicy) ?? policy
}

/** Whether a container that exited is started again. */
export const willRestart = (run: PodRun, container: PodContainer): boolean => {
  const code = run.of(container).exit?.code ?? 0
  for (const { action, exitCodes } of container.spec.restartPolicyRules ?? []) {
    const isListed = exitCodes?.values?.includes(code) === true
    const applies = exitCodes?.operator === 'NotIn' ? !isListed : isListed
    if (applies && action === 'Restart') return true
  }
  const policy = policyOf(run, container)
  return policy === 'Always' || (policy === 'OnFailure' && code !== 0)
}
