// What the kubelet and the container runtime know of a pod. As much of it as the pod's status cannot hold
// (milliseconds, back-offs, what happens next) is kept on the node's disk.
import type {
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
} from '#api/core/v1/pod/container-status-types.ts'
import type { ResourceRequirements } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { BackOff } from '#kubelet/back-off.ts'

/** One run of a container that is over. */
export interface Exit {
  readonly id: string
  readonly code: number
  readonly reason: string
  readonly startedAt: number
  readonly finishedAt: number
  readonly message?: string
}

/**
 * waiting: nothing was tried yet. refused: the configuration or the image's name forbids it.
 * failed: the image could not be pulled.
 */
export type ContainerPhase =
  | 'waiting'
  | 'pulling'
  | 'failed'
  | 'refused'
  | 'creating'
  | 'running'
  | 'exited'

export type ProbeKind = 'startup' | 'liveness' | 'readiness'

/** What a probe's command has said, from so many milliseconds after the start on. */
export interface ProbeLook {
  readonly from: number
  readonly isHealthy: boolean
  readonly message: string
}

export interface ProbeLooks {
  readonly looks: readonly ProbeLook[]
  /** When it was run the last time. */
  readonly at: number
  /** What the pod's files were like then. */
  readonly mark: string
  /** It has asked the network. */
  readonly asked?: true
}

export interface Ending {
  readonly since: number
  /** In milliseconds. */
  readonly grace: number
  /** Its preStop hook runs and goes on then; absent: it never does. */
  readonly hook?: { readonly wakeAt?: number }
  /** What the hook left of the grace period, in milliseconds, and when that was. */
  readonly left?: number
  readonly hookedAt?: number
  /** The hook runs on although its time is over. */
  readonly hangs?: boolean
}

export interface ContainerRecord {
  readonly phase: ContainerPhase
  /** When the phase began. */
  readonly at: number
  readonly image: string
  readonly restarts: number
  /** The image that is being pulled was on the node already when the pull began. */
  readonly isCached?: true
  readonly id?: string
  /** How the latest run ended, until the next one starts. */
  readonly exit?: Exit
  /** The run before that, or before the one that runs. */
  readonly last?: Exit
  /** What the status says while it does not run, where that is more than ContainerCreating. */
  readonly why?: { readonly reason: string; readonly message?: string }
  /** Between failed pulls. */
  readonly pullBackOff?: BackOff
  /** Between restarts. */
  readonly restartBackOff?: BackOff
  /** It will end then. `since`: when it was sent the signal; absent: it ends by itself. */
  readonly stop?: { readonly at: number; readonly code: number; readonly since?: number }
  /** It was told to end: what happens before it is sent the signal. */
  readonly ending?: Ending
  /** Its postStart hook has run since then and goes on at `wakeAt`; absent: it never does. */
  readonly postStart?: { readonly since: number; readonly wakeAt?: number }
  /** When its postStart hook was done. */
  readonly begunAt?: number
  /** What was wrong with it. */
  readonly hookFailure?: string
  /** When the kubelet sees that it runs. */
  readonly seenAt?: number
  /** What the status goes on to say of the container until then, or as long as its hook keeps the kubelet busy. */
  readonly shownAs?: ContainerRecord
  /** What the commands of probes have said. */
  readonly looks?: Readonly<Partial<Record<ProbeKind, ProbeLooks>>>
  /** How many failures of each probe were reported. */
  readonly reported?: Readonly<Partial<Record<ProbeKind, number>>>
}

export type StopCause = 'deleted' | 'deadline' | 'completed' | 'evicted'

/** The pod stops as a whole. */
export interface Stopping {
  readonly since: number
  readonly cause: StopCause
  /** Why it was evicted. */
  readonly message?: string
}

type ResourcesByContainer = Readonly<Record<string, ResourceRequirements>>

/** The pod asks for something else than it has. */
export interface ResizeRecord {
  /** Where that is not what it asks for, by container. */
  readonly allocated?: ResourcesByContainer
  /** What containers still run with. */
  readonly actual?: ResourcesByContainer
  readonly pending?: ResizeRefusal & { readonly since: number; readonly generation?: number }
  readonly progress?: { readonly since: number; readonly generation?: number }
}

/** Why a pod cannot have what it asks for. */
export interface ResizeRefusal {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
}

export interface PodRecord {
  /** When the kubelet took the pod. */
  readonly since: number
  readonly ip?: string
  /** Starting was tried: the status shows the sandbox. */
  readonly isShown: boolean
  readonly containers: ReadonlyMap<string, ContainerRecord>
  readonly stopping?: Stopping
  /** The last mount failure that was reported. */
  readonly mountFailure?: string
  readonly resize?: ResizeRecord
  /** The machine went off under it. */
  readonly lostAt?: number
}

export const encodeRecord = ({ containers, ...rest }: PodRecord): string =>
  JSON.stringify({ ...rest, containers: [...containers] })

export const decodeRecord = (text: string): PodRecord => {
  const stored = JSON.parse(text) as Omit<PodRecord, 'containers'> & {
    readonly containers: readonly (readonly [string, ContainerRecord])[]
  }
  return { ...stored, containers: new Map(stored.containers) }
}

export const isTerminal = (status: PodStatus | undefined): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** The record as far as a status tells it; undefined if the kubelet has not taken the pod yet. */
export const recordFromStatus = (pod: Pod): PodRecord | undefined => {
  const { startTime, podIP, containerStatuses, initContainerStatuses, ephemeralContainerStatuses } =
    pod.status
  if (startTime === undefined) return undefined
  const statuses = [
    ...(initContainerStatuses ?? []),
    ...(containerStatuses ?? []),
    ...(ephemeralContainerStatuses ?? []),
  ]
  const since = parseTime(startTime)
  return {
    since,
    isShown: podIP !== undefined,
    containers: new Map(
      statuses.map((status) => [status.name, containerFromStatus(status, since)]),
    ),
    ...(podIP === undefined ? {} : { ip: podIP }),
  }
}

const containerFromStatus = (status: ContainerStatus, since: number): ContainerRecord => {
  const { running, terminated, waiting } = status.state
  const last = exitOf(status.lastState)
  const common = { image: status.image, restarts: status.restartCount }
  const id =
    status.containerID === undefined ? {} : { id: status.containerID.replace(/^\w+:\/\//, '') }
  if (running !== undefined)
    return {
      ...common,
      ...id,
      phase: 'running',
      at: timeOf(running.startedAt, since),
      ...(last === undefined ? {} : { last }),
    }
  if (terminated !== undefined) {
    const exit = exitFrom(terminated)
    return {
      ...common,
      ...id,
      phase: 'exited',
      at: exit.finishedAt,
      exit,
      ...(last === undefined ? {} : { last }),
    }
  }
  const why = waiting?.reason === undefined || NOT_BEGUN.has(waiting.reason) ? undefined : waiting
  if (last === undefined || why === undefined)
    return { ...common, phase: 'waiting', at: since, ...(last === undefined ? {} : { exit: last }) }
  return {
    ...common,
    ...id,
    phase: 'exited',
    at: last.finishedAt,
    exit: last,
    why: { reason: why.reason!, ...(why.message === undefined ? {} : { message: why.message }) },
  }
}

const NOT_BEGUN = new Set(['ContainerCreating', 'PodInitializing'])

const timeOf = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : parseTime(text)

const exitOf = (state: ContainerState): Exit | undefined =>
  state.terminated === undefined ? undefined : exitFrom(state.terminated)

const exitFrom = (terminated: ContainerStateTerminated): Exit => {
  const finishedAt = timeOf(terminated.finishedAt, 0)
  return {
    id: (terminated.containerID ?? '').replace(/^\w+:\/\//, ''),
    code: terminated.exitCode,
    reason: terminated.reason ?? 'Error',
    startedAt: timeOf(terminated.startedAt, finishedAt),
    finishedAt,
    ...(terminated.message === undefined ? {} : { message: terminated.message }),
  }
}

/** Whether a status says all of the record: nothing is under way and nothing has to be remembered. */
export const isPlain = (record: PodRecord): boolean => {
  if (record.lostAt !== undefined || record.mountFailure !== undefined) return false
  if (record.resize !== undefined) return false
  for (const container of record.containers.values()) {
    if (!['running', 'exited'].includes(container.phase)) return false
    if (container.stop !== undefined || container.why !== undefined) return false
    if (container.ending !== undefined || container.postStart !== undefined) return false
    if (container.seenAt !== undefined) return false
    if (container.begunAt !== undefined || container.hookFailure !== undefined) return false
    if (container.looks !== undefined) return false
    if (container.reported !== undefined || container.restartBackOff !== undefined) return false
  }
  return true
}
