// kubernetes: pkg/kubelet/kubelet_pods.go getPhase
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import { hasStartedRegular, isRestartable } from '#kubelet/pod-conditions.ts'

type Phase = NonNullable<PodStatus['phase']>

/** `isOver`: the pod was told to end, and none of its containers runs or will run. */
export const podPhase = (
  { spec }: Pod,
  statuses: ReadonlyMap<string, ContainerStatus>,
  isOver: boolean,
): Phase => {
  const init = countInit(spec.initContainers ?? [], statuses)
  let running = init.running
  let waiting = init.waiting
  let unknown = init.unknown
  let stopped = 0
  let succeeded = 0
  for (const { name } of spec.containers) {
    const status = statuses.get(name)
    if (status === undefined) unknown++
    else if (status.state.running !== undefined) running++
    else if (status.state.terminated !== undefined) {
      stopped++
      if (status.state.terminated.exitCode === 0) succeeded++
    } else if (status.lastState.terminated !== undefined) stopped++
    else waiting++
  }
  if (init.failed > 0 && spec.restartPolicy === 'Never') return 'Failed'
  if ((init.pending > 0 && !hasStartedRegular(spec, statuses)) || waiting > 0) return 'Pending'
  if (unknown > 0) return 'Pending'
  if (running > 0) return 'Running'
  if (stopped === 0) return 'Pending'
  if (isOver) return stopped === succeeded ? 'Succeeded' : 'Failed'
  if (spec.restartPolicy === 'Always') return 'Running'
  if (stopped === succeeded) return 'Succeeded'
  return spec.restartPolicy === 'Never' ? 'Failed' : 'Running'
}

const countInit = (
  containers: NonNullable<Pod['spec']['initContainers']>,
  statuses: ReadonlyMap<string, ContainerStatus>,
) => {
  const count = { pending: 0, failed: 0, running: 0, waiting: 0, unknown: 0 }
  for (const container of containers) {
    const status = statuses.get(container.name)
    const { running, terminated } = status?.state ?? {}
    const last = status?.lastState.terminated
    if (isRestartable(container)) {
      if (status === undefined) count.unknown++
      else if (running !== undefined) {
        if (status.started !== true) count.pending++
        count.running++
      } else if (terminated === undefined && last === undefined) {
        count.pending++
        count.waiting++
      }
    } else if (terminated !== undefined) {
      if (terminated.exitCode !== 0) count.failed++
    } else if (status?.state.waiting !== undefined && last !== undefined) {
      if (last.exitCode !== 0) count.failed++
    } else count.pending++
  }
  return count
}
