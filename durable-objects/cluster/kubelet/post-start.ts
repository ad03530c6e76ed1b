// A container that has just been started is not said to run before its hook is done.
// kubernetes: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer
import { runHook } from '#kubelet/hooks.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord } from '#kubelet/pod-record.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'
import { shownBefore } from '#kubelet/relist.ts'
import { graceOfSpec, tellToEnd } from '#kubelet/stop-steps.ts'

/** The kubelet is busy with the container's hook: it starts nothing after it, and its status stays as it was. */
export const isHeldUp = ({ postStart, hookFailure, phase }: ContainerRecord): boolean =>
  phase === 'running' && (postStart !== undefined || hookFailure !== undefined)

/** What is remembered of a container that was just started. */
export const withPostStart = (
  container: PodContainer,
  started: ContainerRecord,
  before: ContainerRecord,
): ContainerRecord => {
  if (container.spec.lifecycle?.postStart === undefined) return started
  const { at } = started
  const shownAs = shownBefore(container, started, before)
  return { ...started, postStart: { since: at, wakeAt: at }, shownAs }
}

export const postStartStep = (
  run: PodRun,
  container: PodContainer,
  { postStart }: ContainerRecord,
  now: number,
): Step | undefined => {
  const handler = container.spec.lifecycle?.postStart
  if (postStart?.wakeAt === undefined || handler === undefined) return undefined
  const { since, wakeAt } = postStart
  return {
    at: wakeAt,
    isBlocked: run.facts.runtime !== undefined && !run.canAsk(container),
    run: () => {
      const result = runHook({ run, container, handler, since, now })
      if (result.kind === 'done') {
        if (result.failure === undefined) begin(run, container)
        else failPostStart(run, container, run.time, result.failure)
        return
      }
      const next = result.until === undefined ? { since } : { since, wakeAt: result.until }
      run.set(container, { ...run.of(container), postStart: next })
    },
  }
}

const begin = (run: PodRun, container: PodContainer): void => {
  const { postStart: _postStart, shownAs: _shownAs, ...record } = run.of(container)
  run.set(container, { ...record, begunAt: run.time })
}

/** It is stopped, and started again if its policy says so. */
export const failPostStart = (
  run: PodRun,
  container: PodContainer,
  at: number,
  failure: string,
): void => {
  const { postStart: _postStart, ...record } = run.of(container)
  run.set(container, { ...record, hookFailure: failure })
  run.note('Warning', 'FailedPostStartHook', 'PostStartHook failed', container)
  tellToEnd(run, container, at, graceOfSpec(run), 'FailedPostStartHook')
}
