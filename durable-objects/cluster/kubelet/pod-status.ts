// The status of a pod as the API shows it. kubernetes: pkg/kubelet/kubelet_pods.go generateAPIPodStatus
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { PodStatus } from '#api/core/v1/pod/types.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { containerStatuses } from '#kubelet/container-statuses.ts'
import { podConditions } from '#kubelet/pod-conditions.ts'
import { podPhase } from '#kubelet/pod-phase.ts'
import { isTerminal } from '#kubelet/pod-record.ts'
import { resizeConditions } from '#kubelet/pod-resize.ts'
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
  const why = phase === 'Failed' ? failureOf(run) : undefined
  const ip = shownIP(run)
  const { hostIP } = run.facts
  return assign(old, {
    phase,
    conditions: podConditions(pod, statuses, phase, hasSandbox, now, resizeConditions(run)),
    containerStatuses: regular,
    initContainerStatuses: init,
    ephemeralContainerStatuses: of(['ephemeral'], old.ephemeralContainerStatuses),
    observedGeneration: pod.metadata.generation,
    startTime: old.startTime ?? formatTime(run.since),
    hostIP,
    hostIPs: isSame(old.hostIPs, hostIP)
      ? old.hostIPs
      : shared(`ip/${hostIP}`, () => [{ ip: hostIP }]),
    podIP: ip ?? old.podIP,
    podIPs: ip === undefined || isSame(old.podIPs, ip) ? old.podIPs : [{ ip }],
    reason: why?.reason ?? old.reason,
    message: why?.message ?? old.message,
  })
}

/** Why the kubelet stopped the pod, if that is a failure. */
const failureOf = ({
  stopping,
}: PodRun): { readonly reason: string; readonly message?: string } | undefined => {
  if (stopping?.cause === 'deadline')
    return { reason: 'DeadlineExceeded', message: DEADLINE_MESSAGE }
  if (stopping?.cause !== 'evicted') return undefined
  const { message = '' } = stopping
  return { reason: 'Evicted', message }
}

const phaseOf = (
  run: PodRun,
  statuses: ReadonlyMap<string, ContainerStatus>,
  isOver: boolean,
): PodStatus['phase'] => {
  // No phase follows a terminal one.
  if (isTerminal(run.pod.status)) return run.pod.status.phase
  const phase = podPhase(run.pod, statuses, isOver)
  if (isOver && failureOf(run) !== undefined) return 'Failed'
  // It is terminal only when nothing of it runs any more. kubernetes: pkg/kubelet/status/status_manager.go
  return !isOver && (phase === 'Succeeded' || phase === 'Failed') ? 'Running' : phase
}

/** A sandbox's address is seen once the sandbox is; the host's at once. */
const shownIP = ({ ip, isShown, pod }: PodRun): string | undefined =>
  isShown || pod.spec.hostNetwork === true ? ip : undefined

const isSame = (
  old: readonly { readonly ip: string }[] | undefined,
  ip: string,
): old is readonly { readonly ip: string }[] => old?.length === 1 && old[0]!.ip === ip
