// What containers have logged, as the kubelet serves it. Most of a log is not kept anywhere: what a process writes by itself follows from
// its start. Kept are the lines that it wrote while it answered.
// kubernetes: pkg/kubelet/kubelet_pods.go validateContainerLogStatus, GetKubeletContainerLogs
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ContainerLog, LogEntry } from '#client/kubelets.ts'
import type { LogLine } from '#images/behaviour.ts'
import { lineAt } from '#images/clock.ts'
import type { ContainerDisks } from '#kubelet/container-disk.ts'
import { containersOf, type PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord } from '#kubelet/pod-record.ts'
import type { RunningContainers } from '#kubelet/running-containers.ts'

/** Of a line that is repeated so many are shown; a real kubelet throws away what is older than its last 50 MiB. */
const MOST_TURNS = 5000

/** One run, as the machine knows it. */
interface Run {
  readonly index: number
  readonly startedAt: number
  readonly endedAt?: number
}

export class ContainerLogs {
  readonly #containers: RunningContainers
  readonly #disks: ContainerDisks

  constructor(containers: RunningContainers, disks: ContainerDisks) {
    this.#containers = containers
    this.#disks = disks
  }

  /** The log of the container's latest run, or of the one before; or why there is none, in the kubelet's words. */
  find(pod: Pod, name: string, previous: boolean): ContainerLog | { readonly problem: string } {
    const problem = problemOf(pod, name, previous)
    const container = containersOf(pod).find(({ spec }) => spec.name === name)
    const record = this.#containers.recordOf(pod)?.containers.get(name)
    if (problem !== undefined || container === undefined || record === undefined)
      return { problem: problem ?? notAvailable(pod, name) }
    const run = runOf(record, statusOf(pod, name)!, previous)
    return run === undefined ? { problem: noPrevious(pod, name) } : this.#logOf(pod, container, run)
  }

  #logOf(pod: Pod, container: PodContainer, run: Run): ContainerLog {
    const { name } = container.spec
    const uid = pod.metadata.uid ?? ''
    const { index, startedAt, endedAt = Infinity } = run
    const process = () => this.#containers.processOf(pod, container, index, startedAt)
    const isNow = () => {
      const record = this.#containers.recordOf(pod)?.containers.get(name)
      return record?.phase === 'running' && record.restarts === index
    }
    return {
      entries: (until) => {
        const last = Math.min(until, lastMoment(endedAt))
        const kept = this.#disks
          .linesOf(keyOf(pod), uid, name)
          .filter(({ run: of, at }) => of === index && at <= last)
        const own = process().log.flatMap((line) => linesUntil(line, startedAt, last))
        // lines of one moment stay in the order in which the program writes them
        return [...own, ...kept].toSorted((a, b) => a.at - b.at)
      },
      nextAt: (after) => {
        const moments = process().log.flatMap((line) => momentAfter(line, startedAt, after) ?? [])
        const next = Math.min(...moments)
        return next <= endedAt && next < Infinity ? next : undefined
      },
      isOver: () => endedAt < Infinity || !isNow(),
    }
  }
}

/** Of a Pod that is over only the status is left, which knows whole seconds. */
const lastMoment = (endedAt: number): number => (endedAt % 1000 === 0 ? endedAt + 999 : endedAt)

const turnsUntil = ({ after, every, until = Infinity }: LogLine, age: number): number => {
  if (after > age) return 0
  if (every === undefined || every <= 0) return 1
  return Math.floor((Math.min(age, until) - after) / every) + 1
}

const linesUntil = (line: LogLine, startedAt: number, until: number): readonly LogEntry[] => {
  const turns = turnsUntil(line, until - startedAt)
  const first = Math.max(0, turns - MOST_TURNS)
  return Array.from({ length: turns - first }, (_, index) => {
    const turn = first + index
    const at = startedAt + line.after + turn * (line.every ?? 0)
    return { at, stream: line.stream, text: lineAt(line, startedAt, turn) }
  })
}

const momentAfter = (line: LogLine, startedAt: number, moment: number): number | undefined => {
  const turns = turnsUntil(line, moment - startedAt)
  if (turns > 0 && line.every === undefined) return undefined
  const next = line.after + turns * (line.every ?? 0)
  return next > (line.until ?? Infinity) ? undefined : startedAt + next
}

/** Which run's log is meant. */
const runOf = (
  record: ContainerRecord,
  { state }: ContainerStatus,
  previous: boolean,
): Run | undefined => {
  const { exit, last, restarts, phase, at } = record
  const before = { index: restarts - 1, exit: last }
  const latest = { index: restarts, exit }
  if (phase === 'running' && !previous) return { index: restarts, startedAt: at }
  // while it waits for its next start, the run that ended is the one before
  const isBefore = previous && (phase === 'running' || state.terminated !== undefined)
  const meant = isBefore ? before : latest
  return meant.exit === undefined
    ? undefined
    : { index: meant.index, startedAt: meant.exit.startedAt, endedAt: meant.exit.finishedAt }
}

const statusOf = ({ status }: Pod, name: string): ContainerStatus | undefined =>
  [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ].find((candidate) => candidate.name === name)

const place = ({ metadata }: Pod, name: string): string =>
  `container ${JSON.stringify(name)} in pod ${JSON.stringify(metadata.name ?? '')}`

const notAvailable = (pod: Pod, name: string): string => `${place(pod, name)} is not available`

const noPrevious = (pod: Pod, name: string): string =>
  `previous terminated ${place(pod, name)} not found`

const PULLS: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
}

const problemOf = (pod: Pod, name: string, previous: boolean): string | undefined => {
  const status = statusOf(pod, name)
  if (status === undefined) return notAvailable(pod, name)
  const { running, terminated, waiting } = status.state
  const lastId = status.lastState.terminated?.containerID ?? ''
  if (previous) return lastId === '' ? noPrevious(pod, name) : undefined
  if (running !== undefined || lastId !== '') return undefined
  if (terminated !== undefined)
    return (terminated.containerID ?? '') === '' ? `${place(pod, name)} is terminated` : undefined
  if (waiting === undefined) return `${place(pod, name)} is waiting to start - no logs yet`
  const reason = waiting.reason ?? ''
  return `${place(pod, name)} is waiting to start: ${PULLS[reason] ?? reason}`
}
