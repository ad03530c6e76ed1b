// kubernetes: pkg/printers/internalversion/printers.go printPod
import type {
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
} from '#api/core/v1/pod/container-status-types.ts'
import { isRestartableInit } from '#api/core/v1/pod/resource-sums.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Cell, RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

/** What the containers of one list contribute to the row. */
interface Tally {
  readonly reason: string
  readonly ready: number
  readonly restarts: number
  /** RFC 3339; empty if nothing ever restarted. */
  readonly lastRestart: string
}

/** READY, STATUS and RESTARTS as `kubectl get pods` says them. */
export interface PodSummary {
  readonly ready: number
  readonly total: number
  readonly status: string
  readonly restarts: number
  readonly lastRestart: string
}

const NODE_LOST = 'NodeLost'
const GATED = 'SchedulingGated'

const later = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a)

const endReason = (terminated: ContainerStateTerminated): string => {
  if (terminated.reason) return terminated.reason
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`
}

const hasCondition = (pod: Pod, type: string): boolean =>
  pod.status.conditions?.some((c) => c.type === type && c.status === 'True') ?? false

/** Why this init container holds the Pod up; undefined if it is done or runs as it should. */
const initReason = (state: ContainerState, index: number, total: number): string => {
  if (state.terminated !== undefined) return `Init:${endReason(state.terminated)}`
  const waiting = state.waiting?.reason
  if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`
  return `Init:${index}/${total}`
}

interface InitTally extends Tally {
  readonly isInitializing: boolean
  readonly sidecarRestarts: number
  readonly lastSidecarRestart: string
}

const tallyInit = (pod: Pod, reason: string): InitTally => {
  const specs = new Map((pod.spec.initContainers ?? []).map((c) => [c.name, c]))
  let ready = 0
  let restarts = 0
  let sidecarRestarts = 0
  let lastRestart = ''
  let lastSidecarRestart = ''
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const finishedAt = status.lastState?.terminated?.finishedAt
    const isSidecar = isRestartableInit(specs.get(status.name))
    restarts += status.restartCount
    lastRestart = later(lastRestart, finishedAt)
    if (isSidecar) {
      sidecarRestarts += status.restartCount
      lastSidecarRestart = later(lastSidecarRestart, finishedAt)
    }
    const state = status.state ?? {}
    if (state.terminated?.exitCode === 0) continue
    if (isSidecar && status.started === true) {
      if (status.ready) ready += 1
      continue
    }
    const held = initReason(state, index, pod.spec.initContainers?.length ?? 0)
    return {
      reason: held,
      ready,
      restarts,
      lastRestart,
      isInitializing: true,
      sidecarRestarts,
      lastSidecarRestart,
    }
  }
  return {
    reason,
    ready,
    restarts,
    lastRestart,
    isInitializing: false,
    sidecarRestarts,
    lastSidecarRestart,
  }
}

const tallyContainers = (
  statuses: readonly ContainerStatus[],
  before: Tally,
  isReady: () => boolean,
): Tally => {
  let { reason, ready, restarts, lastRestart } = before
  let hasRunning = false
  // From last to first: the first container's reason wins.
  for (const status of statuses.toReversed()) {
    const state = status.state ?? {}
    restarts += status.restartCount
    lastRestart = later(lastRestart, status.lastState?.terminated?.finishedAt)
    if (state.waiting?.reason) reason = state.waiting.reason
    else if (state.terminated !== undefined) reason = endReason(state.terminated)
    else if (status.ready && state.running !== undefined) {
      hasRunning = true
      ready += 1
    }
  }
  if (reason === 'Completed' && hasRunning) reason = isReady() ? 'Running' : 'NotReady'
  return { reason, ready, restarts, lastRestart }
}

const phaseReason = (pod: Pod): string => {
  const isGated = pod.status.conditions?.some(
    (c) => c.type === 'PodScheduled' && c.reason === GATED,
  )
  return isGated ? GATED : pod.status.reason || (pod.status.phase ?? '')
}

const deletionReason = (pod: Pod, reason: string): string => {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (pod.status.reason === NODE_LOST) return 'Unknown'
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed' ? reason : 'Terminating'
}

export const podSummary = (pod: Pod): PodSummary => {
  const init = tallyInit(pod, phaseReason(pod))
  const tally =
    !init.isInitializing || hasCondition(pod, 'Initialized')
      ? tallyContainers(
          pod.status.containerStatuses ?? [],
          { ...init, restarts: init.sidecarRestarts, lastRestart: init.lastSidecarRestart },
          () => hasCondition(pod, 'Ready'),
        )
      : init
  const sidecars = pod.spec.initContainers?.filter(isRestartableInit).length ?? 0
  return {
    ready: tally.ready,
    total: pod.spec.containers.length + sidecars,
    status: deletionReason(pod, tally.reason),
    restarts: tally.restarts,
    lastRestart: tally.lastRestart,
  }
}

const readinessGates = (pod: Pod): string => {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const passed = gates.filter(
    (gate) => pod.status.conditions?.find((c) => c.type === gate.conditionType)?.status === 'True',
  )
  return `${passed.length}/${gates.length}`
}

export const podRow: RowPrinter<Pod> = (pod, { now }): readonly Cell[] => {
  const { ready, total, status, restarts, lastRestart } = podSummary(pod)
  return [
    pod.metadata.name!,
    `${ready}/${total}`,
    status,
    restarts !== 0 && lastRestart !== ''
      ? `${restarts} (${age(now, lastRestart)} ago)`
      : `${restarts}`,
    age(now, pod.metadata.creationTimestamp),
    pod.status.podIPs?.[0]?.ip || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status.nominatedNodeName || '<none>',
    readinessGates(pod),
  ]
}
