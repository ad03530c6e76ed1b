import type { ContainerState, ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type {
  Container,
  ContainerPort,
  EphemeralContainer,
  ResourceRequirements,
  SeccompProfile,
} from '#api/core/v1/pod/container-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import { describeEnv, describeEnvFrom } from '#kubectl/describe/environment.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import { yesNo } from '#kubectl/describe/metadata.ts'
import { probeText } from '#kubectl/describe/probe.ts'
import { quoteText } from '#kubectl/output/go/quote.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

type AnyContainer = Container | EphemeralContainer

interface Surroundings {
  readonly statuses?: readonly ContainerStatus[] | undefined
  /** The Pod they run in; absent in a template. */
  readonly pod?: ObjectMeta
  /** What stands before the title in a template. */
  readonly space: string
}

/** kubernetes: kubectl pkg/describe describeContainers */
export const describeContainers = (
  w: PrefixWriter,
  title: string,
  containers: readonly AnyContainer[],
  { statuses = [], pod, space }: Surroundings,
): void => {
  const byName = new Map(statuses.map((status) => [status.name, status]))
  w.write(0, `${space}${title}:${containers.length === 0 ? ' <none>' : ''}\n`)
  for (const container of containers) {
    const status = byName.get(container.name)
    w.write(1, `${space === '' ? '' : ' '}${container.name}:\n`)
    describeBasics(w, container, status)
    describeCommand(w, container)
    if (status !== undefined) describeContainerStatus(w, status)
    describeResources(w, 2, container.resources)
    describeProbes(w, container)
    const { envFrom = [] } = container
    if (envFrom.length > 0) describeEnvFrom(w, envFrom)
    describeEnv(w, container, pod)
    describeMounts(w, container)
  }
}

const describeBasics = (
  w: PrefixWriter,
  container: AnyContainer,
  status: ContainerStatus | undefined,
): void => {
  if (status !== undefined) w.field(2, 'Container ID', status.containerID)
  w.field(2, 'Image', container.image)
  if (status !== undefined) w.field(2, 'Image ID', status.imageID)
  const { ports = [] } = container
  describePorts(
    w,
    'Port',
    ports.map((port) => portText(port, port.containerPort)),
  )
  describePorts(
    w,
    'Host Port',
    ports.map((port) => portText(port, port.hostPort ?? 0)),
  )
  describeSeccompProfile(w, 2, container.securityContext?.seccompProfile, 1)
}

/** `indent`: how much deeper a local profile's path stands. */
export const describeSeccompProfile = (
  w: PrefixWriter,
  level: number,
  profile: SeccompProfile | undefined,
  indent: number,
): void => {
  if (profile === undefined) return
  w.field(level, 'SeccompProfile', profile.type)
  if (profile.type === 'Localhost')
    w.field(level + indent, 'LocalhostProfile', profile.localhostProfile)
}

const portText = ({ protocol, name = '' }: ContainerPort, number: number): string =>
  `${number}/${protocol ?? ''}${name === '' ? '' : ` (${name})`}`

const describePorts = (w: PrefixWriter, label: string, ports: readonly string[]): void =>
  w.field(2, ports.length > 1 ? `${label}s` : label, ports.join(', ') || '<none>')

const describeCommand = (w: PrefixWriter, { command = [], args = [] }: AnyContainer): void => {
  const list = (title: string, words: readonly string[]): void => {
    if (words.length > 0) w.write(2, `${title}:\n`)
    for (const word of words) for (const line of word.split('\n')) w.write(3, `${line}\n`)
  }
  list('Command', command)
  list('Args', args)
}

const describeContainerStatus = (w: PrefixWriter, status: ContainerStatus): void => {
  describeState(w, 'State', status.state ?? {})
  if (status.lastState?.terminated !== undefined) describeState(w, 'Last State', status.lastState)
  w.field(2, 'Ready', yesNo(status.ready))
  w.field(2, 'Restart Count', status.restartCount)
}

/** kubernetes: kubectl pkg/describe describeStatus */
const describeState = (
  w: PrefixWriter,
  title: string,
  { running, waiting, terminated }: ContainerState,
): void => {
  const optional = (label: string, value: string | number | undefined): void => {
    if (value) w.field(3, label, value)
  }
  if (running !== undefined) {
    w.field(2, title, 'Running')
    w.field(3, 'Started', rfc1123(running.startedAt))
  } else if (waiting === undefined && terminated !== undefined) {
    w.field(2, title, 'Terminated')
    optional('Reason', terminated.reason)
    optional('Message', terminated.message)
    w.field(3, 'Exit Code', terminated.exitCode)
    optional('Signal', terminated.signal)
    w.field(3, 'Started', rfc1123(terminated.startedAt))
    w.field(3, 'Finished', rfc1123(terminated.finishedAt))
  } else {
    w.field(2, title, 'Waiting')
    optional('Reason', waiting?.reason)
  }
}

/** kubernetes: kubectl pkg/describe describeResources */
export const describeResources = (
  w: PrefixWriter,
  level: number,
  resources: ResourceRequirements | undefined,
): void => {
  const list = (title: string, amounts: Readonly<Record<string, string>> = {}): void => {
    const names = Object.keys(amounts).sort()
    if (names.length > 0) w.write(level, `${title}:\n`)
    for (const name of names) w.field(level + 1, name, canonicalQuantity(amounts[name]!))
  }
  list('Limits', resources?.limits)
  list('Requests', resources?.requests)
}

const describeProbes = (w: PrefixWriter, container: AnyContainer): void => {
  const { livenessProbe, readinessProbe, startupProbe } = container
  if (livenessProbe !== undefined) w.field(2, 'Liveness', probeText(livenessProbe))
  if (readinessProbe !== undefined) w.field(2, 'Readiness', probeText(readinessProbe))
  if (startupProbe !== undefined) w.field(2, 'Startup', probeText(startupProbe))
}

/** kubernetes: kubectl pkg/describe describeContainerVolumes */
const describeMounts = (w: PrefixWriter, container: AnyContainer): void => {
  const { volumeMounts = [], volumeDevices = [] } = container
  const none = volumeMounts.length === 0 ? '\t<none>' : ''
  w.write(2, `Mounts:${none}\n`)
  for (const mount of goSort(volumeMounts, (a, b) => a.mountPath < b.mountPath)) {
    const path = mount.subPath ? `,path=${quoteText(mount.subPath)}` : ''
    w.write(3, `${mount.mountPath} from ${mount.name} (${mount.readOnly ? 'ro' : 'rw'}${path})\n`)
  }
  if (volumeDevices.length === 0) return
  // Upstream prints the mounts' none here, too.
  w.write(2, `Devices:${none}\n`)
  for (const device of goSort(volumeDevices, (a, b) => a.devicePath < b.devicePath))
    w.write(3, `${device.devicePath} from ${device.name}\n`)
}
