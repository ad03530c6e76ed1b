// kubernetes: staging/src/k8s.io/component-helpers/resource/helpers.go
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import type { StringMap } from '#apimachinery/object.ts'
import { addQuantity, compareQuantity, quantityOf, type Quantity } from '#apimachinery/quantity.ts'

/** Amounts by resource name. */
export type ResourceAmounts = ReadonlyMap<string, Quantity>

type Which = 'requests' | 'limits'

const NOTHING: StringMap = Object.freeze({})

/** An init container that keeps running beside the Pod's containers. */
export const isRestartableInit = (container: Container | undefined): boolean =>
  container?.restartPolicy === 'Always'

const addTo = (sum: Map<string, Quantity>, list: StringMap): void => {
  for (const name of Object.keys(list)) {
    const amount = quantityOf(list[name]!)
    const before = sum.get(name)
    sum.set(name, before === undefined ? amount : addQuantity(before, amount))
  }
}

const raiseTo = (sum: Map<string, Quantity>, other: ResourceAmounts): void => {
  for (const [name, amount] of other) {
    const before = sum.get(name)
    if (before === undefined || compareQuantity(amount, before) > 0) sum.set(name, amount)
  }
}

/**
 * What all containers need at once: the sum of those that run side by side, or what an init
 * container needs while it runs (beside the sidecars started before it) if that is more.
 * kubernetes: AggregateContainerRequests, AggregateContainerLimits
 */
export const sumOfContainers = (spec: PodSpec, which: Which): ResourceAmounts => {
  const sum = new Map<string, Quantity>()
  for (const container of spec.containers) addTo(sum, container.resources?.[which] ?? NOTHING)
  if (spec.initContainers === undefined) return sum
  const sidecars = new Map<string, Quantity>()
  const starting = new Map<string, Quantity>()
  for (const container of spec.initContainers) {
    const amounts = container.resources?.[which] ?? NOTHING
    if (isRestartableInit(container)) {
      addTo(sum, amounts)
      addTo(sidecars, amounts)
      raiseTo(starting, sidecars)
    } else {
      const withSidecars = new Map(sidecars)
      addTo(withSidecars, amounts)
      raiseTo(starting, withSidecars)
    }
  }
  raiseTo(sum, starting)
  return sum
}

/** Resources that a Pod as a whole may request. kubernetes: IsSupportedPodLevelResource */
export const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** What the scheduler reserves for a Pod. kubernetes: PodRequests */
export const podRequests = (spec: PodSpec): ResourceAmounts => podAmounts(spec, 'requests')

/** kubernetes: PodLimits */
export const podLimits = (spec: PodSpec): ResourceAmounts => podAmounts(spec, 'limits')

const podAmounts = (spec: PodSpec, which: Which): ResourceAmounts => {
  const sum = new Map(sumOfContainers(spec, which))
  const ofPod = spec.resources?.[which] ?? NOTHING
  for (const name of Object.keys(ofPod))
    if (isPodLevelResource(name)) sum.set(name, quantityOf(ofPod[name]!))
  if (which === 'requests') addTo(sum, spec.overhead ?? NOTHING)
  else addOverheadToLimits(sum, spec.overhead ?? NOTHING)
  return sum
}

/** Overhead raises a limit that exists, but makes none. */
const addOverheadToLimits = (sum: Map<string, Quantity>, overhead: StringMap): void => {
  for (const name of Object.keys(overhead)) {
    const before = sum.get(name)
    if (before !== undefined && before.unscaled !== 0n)
      sum.set(name, addQuantity(before, quantityOf(overhead[name]!)))
  }
}
