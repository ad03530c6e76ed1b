// kubernetes: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
import type {
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  VolumeMountStatus,
} from '#api/core/v1/pod/container-status-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import { equal, type Mutable, type StringMap } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { familiarName, parseReference } from '#apimachinery/image-reference.ts'
import { digest } from '#kubelet/container-id.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord, Exit } from '#kubelet/pod-record.ts'
import type { PodRun } from '#kubelet/pod-run.ts'
import { resourcesOf } from '#kubelet/pod-resize.ts'
import { isHeldUp } from '#kubelet/post-start.ts'
import { shared } from '#kubelet/shared-parts.ts'

/** The statuses of the given containers; the old ones where nothing changed. */
export const containerStatuses = (
  run: PodRun,
  containers: readonly PodContainer[],
  old: readonly ContainerStatus[] | undefined,
  now: number,
): readonly ContainerStatus[] => {
  const statuses = containers.map((container) => {
    const status = containerStatus(run, container, now)
    const before = old?.find(({ name }) => name === status.name)
    return before !== undefined && equal(before, status) ? before : status
  })
  if (containers[0]?.kind === 'regular' && statuses.length > 1)
    statuses.sort((a, b) => (a.name < b.name ? -1 : 1))
  const isSame =
    old?.length === statuses.length && statuses.every((status, index) => status === old[index])
  return isSame ? old : statuses
}

const NONE: ContainerState = Object.freeze({})

const containerStatus = (run: PodRun, container: PodContainer, now: number): ContainerStatus => {
  const { spec } = container
  const known = run.of(container)
  const isHidden = isHeldUp(known) || (known.phase === 'running' && known.seenAt !== undefined)
  const record = isHidden ? (known.shownAs ?? known) : known
  const volumeMounts = mountStatuses(spec)
  const status: Mutable<ContainerStatus> = {
    name: spec.name,
    image: record.id === undefined ? (spec.image ?? '') : record.image,
    imageID: record.id === undefined ? '' : imageId(record.image),
    lastState: NONE,
    ready: false,
    restartCount: record.restarts,
    started: false,
    state: stateOf(run, record),
  }
  if (record.id !== undefined) status.containerID = `docker://${record.id}`
  if (volumeMounts !== undefined) status.volumeMounts = volumeMounts
  if (record.id !== undefined) setResources(status, resourcesOf(run, container))
  const last =
    status.state.terminated === undefined && record.phase !== 'running' ? record.exit : record.last
  if (last !== undefined) status.lastState = { terminated: terminatedState(last) }
  if (record.phase === 'running') {
    const { isStarted, isReady } = run.health(container, now)
    status.started = isStarted
    // An init container is ready when it is done, not while it runs.
    status.ready = isReady && container.kind !== 'init'
  } else status.ready = container.kind === 'init' && status.state.terminated?.exitCode === 0
  return status
}

const stateOf = (run: PodRun, record: ContainerRecord): ContainerState => {
  if (record.phase === 'running') {
    const startedAt = formatTime(record.at)
    return shared(`running/${startedAt}`, () => ({ running: { startedAt } }))
  }
  const { why, exit } = record
  if (why !== undefined) return { waiting: why }
  if (exit !== undefined && run.isShown) return { terminated: terminatedState(exit) }
  const reason = run.pod.spec.initContainers === undefined ? 'ContainerCreating' : 'PodInitializing'
  return shared(`waiting/${reason}`, () => ({ waiting: { reason } }))
}

const terminatedState = (exit: Exit): ContainerStateTerminated => ({
  containerID: `docker://${exit.id}`,
  exitCode: exit.code,
  finishedAt: formatTime(exit.finishedAt),
  reason: exit.reason,
  startedAt: formatTime(exit.startedAt),
  ...(exit.message === undefined ? {} : { message: exit.message }),
})

/** `docker-pullable://nginx@sha256:…`: the same for the same image everywhere. */
const imageId = (image: string): string =>
  shared(`image/${image}`, () => {
    const reference = parseReference(image)
    if ('invalid' in reference) return ''
    const name = familiarName(reference)
    return `docker-pullable://${name}@${reference.digest ?? `sha256:${digest(image)}`}`
  })

const mountStatuses = ({ volumeMounts }: Container): readonly VolumeMountStatus[] | undefined =>
  volumeMounts?.map(({ mountPath, name, readOnly }) =>
    readOnly === true
      ? { mountPath, name, readOnly, recursiveReadOnly: 'Disabled' }
      : { mountPath, name },
  )

const setResources = (
  status: Mutable<ContainerStatus>,
  { allocated, actual }: ReturnType<typeof resourcesOf>,
): void => {
  const requests: StringMap | undefined = allocated.requests
  status.resources = actual
  if (requests !== undefined && Object.keys(requests).length > 0)
    status.allocatedResources = requests
}
