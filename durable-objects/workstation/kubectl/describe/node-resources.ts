import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import { podLimits, podRequests, type ResourceAmounts } from '#api/core/v1/pod/resource-sums.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { age } from '#apimachinery/age.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  quantityMilliValue,
  quantityOf,
  quantityValue,
  type Quantity,
} from '#apimachinery/quantity.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const NOTHING = quantityOf('0')
const STANDARD = ['cpu', 'memory', 'ephemeral-storage']
const HUGE_PAGES = 'hugepages-'

/** kubernetes: kubectl pkg/describe describeNodeResource */
export const describeNodeResources = (
  w: PrefixWriter,
  { status }: Node,
  pods: readonly Pod[],
  now: number,
): void => {
  const { capacity = {}, allocatable = {} } = status
  const offered = Object.keys(allocatable).length > 0 ? allocatable : capacity
  describePods(w, offered, pods, now)
  w.write(
    0,
    'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n',
  )
  w.write(1, 'Resource\tRequests\tLimits\n')
  w.write(1, '--------\t--------\t------\n')
  const requests = totalOf(pods.map(({ spec }) => podRequests(spec)))
  const limits = totalOf(pods.map(({ spec }) => podLimits(spec)))
  const row = (name: string): void => {
    const cells = [requests, limits].map((sums) => share(sums, offered, name, 0))
    w.write(1, `${name}\t${cells.join('\t')}\n`)
  }
  for (const name of STANDARD) row(name)
  const others = Object.keys(offered).sort()
  for (const name of others) if (name.startsWith(HUGE_PAGES)) row(name)
  for (const name of others)
    if (!name.startsWith(HUGE_PAGES) && !STANDARD.includes(name) && name !== 'pods')
      w.write(1, `${name}\t${amountText(requests, name)}\t${amountText(limits, name)}\n`)
}

const describePods = (
  w: PrefixWriter,
  offered: StringMap,
  pods: readonly Pod[],
  now: number,
): void => {
  w.field(0, 'Non-terminated Pods', `(${pods.length} in total)`)
  const heads = ['CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age']
  w.write(1, `Namespace\tName\t\t${heads.join('\t')}\n`)
  w.write(1, `---------\t----\t\t${heads.map((head) => '-'.repeat(head.length)).join('\t')}\n`)
  for (const pod of pods) {
    const spec = withActualResources(pod)
    const sums = [podRequests(spec), podLimits(spec)]
    const cells = ['cpu', 'memory'].flatMap((name) =>
      sums.map((amounts) => share(amounts, offered, name, Number.NaN)),
    )
    const { namespace = '', name = '', creationTimestamp } = pod.metadata
    w.write(1, `${namespace}\t${name}\t\t${cells.join('\t')}\t${age(now, creationTimestamp)}\n`)
  }
}

const amountText = (sums: ResourceAmounts, name: string): string =>
  formatQuantity(sums.get(name) ?? NOTHING)

/** `250m (12%)`. `ofNothing`: the part of a node that offers none. */
const share = (
  sums: ResourceAmounts,
  offered: StringMap,
  name: string,
  ofNothing: number,
): string => {
  const value = name === 'cpu' ? quantityMilliValue : quantityValue
  const whole = value(quantityOf(own(offered, name) ?? '0'))
  const part = whole === 0 ? ofNothing : (value(sums.get(name) ?? NOTHING) / whole) * 100
  return `${amountText(sums, name)} (${goInt64(part)}%)`
}

/** What Go makes of a float64 that is no number, on amd64. */
const goInt64 = (value: number): string =>
  Number.isFinite(value) ? String(Math.trunc(value)) : '-9223372036854775808'

const totalOf = (all: readonly ResourceAmounts[]): ResourceAmounts => {
  const total = new Map<string, Quantity>()
  for (const amounts of all)
    for (const [name, amount] of amounts) {
      const before = total.get(name)
      total.set(name, before === undefined ? amount : addQuantity(before, amount))
    }
  return total
}

/**
 * The spec with what its containers have been given, while a resize is under way.
 * kubernetes: component-helpers resource/helpers.go PodResourcesOptions UseStatusResources
 */
const withActualResources = ({ spec, status }: Pod): PodSpec => {
  const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = status
  const statuses = new Map(
    [...initContainerStatuses, ...containerStatuses].map((item) => [item.name, item]),
  )
  const pending = conditions.find(({ type }) => type === 'PodResizePending')
  const isInfeasible = pending?.reason === 'Infeasible'
  const actual = (container: Container): Container =>
    actualContainer(container, statuses.get(container.name), isInfeasible)
  const containers = spec.containers.map(actual)
  return spec.initContainers === undefined
    ? { ...spec, containers }
    : { ...spec, containers, initContainers: spec.initContainers.map(actual) }
}

const actualContainer = (
  container: Container,
  status: ContainerStatus | undefined,
  isInfeasible: boolean,
): Container => {
  if (status?.resources === undefined) return container
  const { requests, limits } = isInfeasible ? {} : (container.resources ?? {})
  return {
    ...container,
    resources: {
      requests: largest(requests, status.resources.requests, status.allocatedResources),
      limits: largest(limits, status.resources.limits),
    },
  }
}

const largest = (...lists: readonly (StringMap | undefined)[]): StringMap => {
  const sums = new Map<string, string>()
  for (const list of lists)
    for (const [name, text] of Object.entries(list ?? {})) {
      const before = sums.get(name)
      if (before === undefined || compareQuantity(quantityOf(text), quantityOf(before)) > 0)
        sums.set(name, text)
    }
  return Object.fromEntries(sums)
}
