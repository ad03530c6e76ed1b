// The status of a pod as the API shows it. kubernetes: pkg/kubelet/kubelet_pods.go generateAPIPodStatus
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { PodStatus } from '#api/core/v1/pod/types.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { containerStatuses } from '#kubelet/container-statuses.ts'
import { podConditions } from '#kubelet/pod-conditions.ts'
import { podPhase } from '#kubelet/pod-phase.ts'
import { isTerminal } from '#kubelet/pod-record.ts'
import type { PodRun } from '#kubelet/pod-run.ts'
import { isFinished } from '#kubelet/pod-steps.ts'
import { shared } from '#kubelet/shared-parts.ts'

const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline'

/** The pod's status now; its old status itself if nothing changed. */
export const podStatus = (run: PodRun, now: number): PodStatus => {
  const { pod } = run
  const old = pod.status
  const of = (kinds: readonly string[], before: readonly ContainerStatus[] | undefined) => {
    const containers = run.containers.filter(({ kind }) => kinds.includes(kind))
    return containers.length === 0 ? undefined : containerStatuses(run, containers, before, now)
  }
  const init = of(['init', 'sidecar'], old.initContainerStatuses)
  const regular = of(['regular'], old.containerStatuses)
  const statuses = new Map(
    [...(init ?? []), ...(regular ?? [])].map((status) => [status.name, status]),
  )
  const isOver = isFinished(run)
  const phase = phaseOf(run, statuses, isOver)
  const hasSandbox = run.isShown && run.ip !== undefined && !isOver
  return assign(old, {
    phase,
    conditions: podConditions(pod, statuses, phase, hasSandbox, now),
    containerStatuses: regular,
    initContainerStatuses: init,
    ephemeralContainerStatuses: of(['ephemeral'], old.ephemeralContainerStatuses),
    observedGeneration: pod.metadata.generation,
    startTime: old.startTime ?? formatTime(run.since),
    ...addresses(run),
    ...(phase === 'Failed' && run.stopping?.cause === 'deadline'
      ? { reason: 'DeadlineExceeded', message: DEADLINE_MESSAGE }
      : {}),
  })
}

const phaseOf = (
  run: PodRun,
  statuses: ReadonlyMap<string, ContainerStatus>,
  isOver: boolean,
): PodStatus['phase'] => {
  // No phase follows a terminal one.
  if (isTerminal(run.pod.status)) return run.pod.status.phase
  const phase = podPhase(run.pod, statuses, isOver)
  if (isOver && run.stopping?.cause === 'deadline') return 'Failed'
  // It is terminal only when nothing of it runs any more. kubernetes: pkg/kubelet/status/status_manager.go
  return !isOver && (phase === 'Succeeded' || phase === 'Failed') ? 'Running' : phase
}

const addresses = (run: PodRun): Partial<PodStatus> => {
  const { status } = run.pod
  const { hostIP } = run.facts
  const host = {
    hostIP,
    hostIPs: isSame(status.hostIPs, hostIP)
      ? status.hostIPs
      : shared(`ip/${hostIP}`, () => [{ ip: hostIP }]),
  }
  const { ip } = run
  if (ip === undefined || (!run.isShown && run.pod.spec.hostNetwork !== true)) return host
  return { ...host, podIP: ip, podIPs: isSame(status.podIPs, ip) ? status.podIPs : [{ ip }] }
}

const isSame = (
  old: readonly { readonly ip: string }[] | undefined,
  ip: string,
): old is readonly { readonly ip: string }[] => old?.length === 1 && old[0]!.ip === ip
