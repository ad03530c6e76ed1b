// Whether a kubelet takes a pod that was bound to its node. Whoever names the node himself has not asked whether the pod fits there.
// kubernetes: pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/sysctl/allowlist.go
import { SAFE_SYSCTLS } from '#api/core/v1/pod/sysctls.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import { matchesNodeAffinity } from '#api/core/v1/pod/node-affinity.ts'
import {
  allocatableOf,
  type HostPort,
  type PodRequirements,
  requirementsOf,
  requirementsOfSpec,
} from '#api/core/v1/pod/pod-requirements.ts'
import { untoleratedTaint } from '#api/core/v1/pod/tolerations.ts'
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import { own } from '#apimachinery/object.ts'
import { isTerminal, type ResizeRefusal } from '#kubelet/pod-record.ts'

export interface Refusal {
  readonly reason: string
  readonly message: string
}

/** Whoever makes another pod for each that is refused must not make them all at once. */
const LOOKS_AFTER_MS = 1000

/** When the kubelet has seen that it cannot take a pod. */
export const refusedAt = ({ metadata }: Pod): number =>
  parseTime(metadata.creationTimestamp ?? '') + LOOKS_AFTER_MS

/** `all`: the pods of the node. undefined: it takes the pod. */
export const refusalOf = (pod: Pod, node: Node, all: readonly Pod[]): Refusal | undefined => {
  const others = activePods(all).filter((other) => other !== pod)
  return (
    sysctlRefusal(pod) ??
    systemRefusal(pod) ??
    resourceRefusal(pod, node, others) ??
    (matchesNodeAffinity(pod.spec, node)
      ? undefined
      : predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")) ??
    portRefusal(pod, others) ??
    taintRefusal(pod, node)
  )
}

/** Those that the kubelet has taken. */
const activePods = (all: readonly Pod[]): readonly Pod[] =>
  all.filter(({ status }) => status.startTime !== undefined && !isTerminal(status))

const predicate = (reason: string, why: string): Refusal => ({
  reason,
  message: `Predicate ${reason} failed: ${why}`,
})

const sysctlRefusal = ({ spec }: Pod): Refusal | undefined => {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const plain = name.replaceAll('/', '.')
    const quoted = JSON.stringify(plain)
    const reason = 'SysctlForbidden'
    if (plain.startsWith('net.') && spec.hostNetwork === true)
      return { reason, message: `forbidden sysctl: ${quoted} not allowed with host net enabled` }
    if (!SAFE_SYSCTLS.has(plain))
      return { reason, message: `forbidden sysctl: ${quoted} not allowlisted` }
  }
  return undefined
}

const OS_LABEL = 'kubernetes.io/os'

const systemRefusal = ({ metadata, spec }: Pod): Refusal | undefined => {
  if ((own(metadata.labels, OS_LABEL) ?? 'linux') !== 'linux')
    return {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    }
  if ((spec.os?.name ?? 'linux') !== 'linux')
    return {
      reason: 'PodOSNotSupported',
      message: "Failed to admit pod as the OS field doesn't match node OS",
    }
  return undefined
}

interface Amount {
  readonly name: string
  readonly wanted: number
  readonly used: number
  readonly capacity: number
}

/** What of the node does not suffice, the first thing first. kubernetes: pkg/scheduler/framework/plugins/noderesources fitsRequest */
const insufficient = (
  wanted: PodRequirements,
  node: Node,
  others: readonly Pod[],
): Amount | undefined => {
  const allocatable = allocatableOf(node.status.allocatable)
  const pods = { name: 'pods', wanted: 1, used: others.length, capacity: allocatable.pods }
  const used = others.map(requirementsOf)
  const sum = (of: (requirements: PodRequirements) => number): number =>
    used.reduce((total, requirements) => total + of(requirements), 0)
  const amounts: Amount[] = [pods]
  const add = (name: string, of: (requirements: PodRequirements) => number, capacity: number) => {
    if (of(wanted) > 0) amounts.push({ name, wanted: of(wanted), used: sum(of), capacity })
  }
  add('cpu', ({ cpu }) => cpu, allocatable.cpu)
  add('memory', ({ memory }) => memory, allocatable.memory)
  add('ephemeral-storage', ({ storage }) => storage, allocatable.storage)
  for (const name of wanted.scalars.keys()) {
    const capacity = allocatable.scalars.get(name)
    // what the node does not know is somebody else's business
    if (capacity !== undefined) add(name, ({ scalars }) => scalars.get(name) ?? 0, capacity)
  }
  return amounts.find((amount) => amount.wanted > amount.capacity - amount.used)
}

const resourceRefusal = (pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined => {
  const amount = insufficient(requirementsOf(pod), node, others)
  if (amount === undefined) return undefined
  return { reason: `OutOf${amount.name}`, message: textOf(amount) }
}

const textOf = ({ name, wanted, used, capacity }: Amount): string =>
  `Node didn't have enough resource: ${name}, requested: ${wanted}, used: ${used}, capacity: ${capacity}`

/** kubernetes: canResizePod */
export const resizeRefusal = (
  pod: Pod,
  node: Node,
  all: readonly Pod[],
): ResizeRefusal | undefined => {
  const wanted = requirementsOfSpec(pod.spec)
  const { cpu, memory } = allocatableOf(node.status.allocatable)
  const tooMuch = (name: string, amount: number, capacity: number): ResizeRefusal => ({
    reason: 'Infeasible',
    message: `Node didn't have enough capacity: ${name}, requested: ${amount}, capacity: ${capacity}`,
  })
  if (wanted.memory > memory) return tooMuch('memory', wanted.memory, memory)
  if (wanted.cpu > cpu) return tooMuch('cpu', wanted.cpu, cpu)
  const others = activePods(all).filter(({ metadata }) => metadata.uid !== pod.metadata.uid)
  const refusal = insufficient(wanted, node, others)
  return refusal === undefined ? undefined : { reason: 'Deferred', message: textOf(refusal) }
}

const ANY = '0.0.0.0'

const isSamePort = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY || b.ip === ANY)

const portRefusal = (pod: Pod, others: readonly Pod[]): Refusal | undefined => {
  const { hostPorts } = requirementsOf(pod)
  if (hostPorts.length === 0) return undefined
  const taken = others.flatMap((other) => requirementsOf(other).hostPorts)
  return hostPorts.some((wanted) => taken.some((port) => isSamePort(port, wanted)))
    ? predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")
    : undefined
}

/** The kubelet only minds taints that would drive the pod away. */
const taintRefusal = ({ spec }: Pod, node: Node): Refusal | undefined =>
  untoleratedTaint(node.spec.taints, spec.tolerations, ['NoExecute']) === undefined
    ? undefined
    : predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate")

/** Conditions that are the kubelet's: it has nothing to say about a pod that it does not take. */
const OWNED: ReadonlySet<string> = new Set([
  'PodScheduled',
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
])

/** kubernetes: pkg/kubelet/kubelet.go rejectPod */
export const refusedStatus = (
  { status, metadata }: Pod,
  { reason, message }: Refusal,
  now: number,
): PodStatus => {
  const { conditions = [], qosClass } = status
  const kept = conditions.filter(({ type }) => !OWNED.has(type))
  const refused: Mutable<PodStatus> = {
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: formatTime(now),
  }
  if (qosClass !== undefined) refused.qosClass = qosClass
  if (kept.length > 0) refused.conditions = kept
  if (metadata.generation !== undefined) refused.observedGeneration = metadata.generation
  return refused
}

/** The scheduler has looked at all this at the very moment at which it bound the pod. */
export const wasScheduled = ({ status }: Pod): boolean =>
  status.conditions?.some((one) => one.type === 'PodScheduled' && one.status === 'True') === true

/** Nothing of the pod was ever on the node. */
export const wasRefused = ({ status }: Pod): boolean =>
  isTerminal(status) && status.containerStatuses === undefined && status.podIP === undefined
