import { podRequests } from '#api/core/v1/pod/resource-sums.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec, PodStatus } from '#api/core/v1/pod/types.ts'
import { quantityMilliValue, quantityOf, quantityValue } from '#apimachinery/quantity.ts'

/** What a Pod takes from its node. CPU in thousandths, everything else in whole units. */
export interface PodRequirements {
  readonly cpu: number
  readonly memory: number
  readonly storage: number
  /** Extended resources and huge pages, by name. */
  readonly scalars: ReadonlyMap<string, number>
  /** With a guess for containers that do not say, so that they count for something in scores. */
  readonly scoredCpu: number
  readonly scoredMemory: number
  readonly hostPorts: readonly HostPort[]
}

export interface HostPort {
  readonly protocol: string
  readonly ip: string
  readonly port: number
}

// kubernetes: pkg/scheduler/util/pod_resources.go
const GUESSED_CPU = 100
const GUESSED_MEMORY = 200 * 1024 * 1024

/** Many Pods share their containers, so their answer is known already. */
const known = new WeakMap<readonly Container[], PodRequirements>()

/** By the number of containers that ask for nothing. */
const modest: PodRequirements[] = []

/** A Pod that waits to be resized takes the most of what it asks for and what it has; if it cannot be, what it has. */
export const requirementsOf = ({ spec, status }: Pod): PodRequirements => {
  const resize = status?.conditions?.find(({ type }) => type === 'PodResizePending')
  if (resize !== undefined) return requirementsOfResized(spec, status, resize.reason)
  return requirementsOfSpec(spec)
}

/** kubernetes: component-helpers/resource/helpers.go determineContainerReqs */
const requirementsOfResized = (
  spec: PodSpec,
  { containerStatuses = [] }: PodStatus,
  reason: string | undefined,
): PodRequirements => {
  const asked = requirementsOfSpec(spec)
  const containers = spec.containers.map((container) => {
    const status = containerStatuses.find(({ name }) => name === container.name)
    return status?.resources === undefined
      ? container
      : { ...container, resources: status.resources }
  })
  const given = requirementsOfSpec({ ...spec, containers })
  if (reason === 'Infeasible') return given
  const [cpu, memory] = [Math.max(asked.cpu, given.cpu), Math.max(asked.memory, given.memory)]
  return {
    ...asked,
    cpu,
    memory,
    scoredCpu: Math.max(asked.scoredCpu, given.scoredCpu),
    scoredMemory: Math.max(asked.scoredMemory, given.scoredMemory),
  }
}

export const requirementsOfSpec = (spec: PodSpec): PodRequirements => {
  const { containers } = spec
  const isSimple =
    spec.initContainers === undefined &&
    spec.overhead === undefined &&
    spec.resources === undefined &&
    spec.hostNetwork !== true
  if (!isSimple) return compute(spec)
  if (containers.every(asksForNothing)) return (modest[containers.length] ??= compute(spec))
  const remembered = known.get(containers)
  if (remembered !== undefined) return remembered
  const requirements = compute(spec)
  known.set(containers, requirements)
  return requirements
}

const asksForNothing = ({ resources, ports }: Container): boolean =>
  resources?.requests === undefined &&
  (ports === undefined || ports.every(({ hostPort }) => hostPort === undefined))

const compute = (spec: PodSpec): PodRequirements => {
  const requests = podRequests(spec)
  const scalars = new Map<string, number>()
  for (const [name, amount] of requests)
    if (name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage')
      scalars.set(name, quantityValue(amount))
  const [cpu, memory, storage] = ['cpu', 'memory', 'ephemeral-storage'].map((name) =>
    requests.get(name),
  )
  const missing = (name: string) =>
    spec.containers.filter(({ resources }) => resources?.requests?.[name] === undefined).length
  const cpuMilli = cpu === undefined ? 0 : quantityMilliValue(cpu)
  const memoryBytes = memory === undefined ? 0 : quantityValue(memory)
  const ofPod = spec.resources?.requests
  return {
    cpu: cpuMilli,
    memory: memoryBytes,
    storage: storage === undefined ? 0 : quantityValue(storage),
    scalars,
    scoredCpu: cpuMilli + (ofPod?.['cpu'] === undefined ? missing('cpu') * GUESSED_CPU : 0),
    scoredMemory:
      memoryBytes + (ofPod?.['memory'] === undefined ? missing('memory') * GUESSED_MEMORY : 0),
    hostPorts: hostPortsOf(spec),
  }
}

const hostPortsOf = ({
  containers,
  initContainers = [],
  hostNetwork,
}: PodSpec): readonly HostPort[] =>
  [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, containerPort, hostIP, protocol = 'TCP' }) => {
      const port = hostPort ?? (hostNetwork === true ? containerPort : 0)
      return port > 0 ? [{ protocol, ip: hostIP ?? '0.0.0.0', port }] : []
    }),
  )

/** A node's room. */
export interface Allocatable {
  readonly cpu: number
  readonly memory: number
  readonly storage: number
  readonly pods: number
  readonly scalars: ReadonlyMap<string, number>
}

export const allocatableOf = (amounts: Readonly<Record<string, string>> = {}): Allocatable => {
  const scalars = new Map<string, number>()
  const base = { cpu: 0, memory: 0, storage: 0, pods: 0 }
  for (const name of Object.keys(amounts)) {
    const amount = quantityOf(amounts[name]!)
    if (name === 'cpu') base.cpu = quantityMilliValue(amount)
    else if (name === 'memory') base.memory = quantityValue(amount)
    else if (name === 'ephemeral-storage') base.storage = quantityValue(amount)
    else if (name === 'pods') base.pods = quantityValue(amount)
    else scalars.set(name, quantityValue(amount))
  }
  return { ...base, scalars }
}
