import type { PodSpec, PodStatus } from '#api/core/v1/pod/types.ts'
import type { ResourceRequirements } from '#api/core/v1/pod/container-types.ts'
import type { StringMap } from '#apimachinery/object.ts'
import { addQuantity, compareQuantity, quantityOf, type Quantity } from '#apimachinery/quantity.ts'

type QosClass = NonNullable<PodStatus['qosClass']>

const COMPUTE = ['cpu', 'memory'] as const

interface Sums {
  readonly requests: Map<string, Quantity>
  readonly limits: Map<string, Quantity>
  isGuaranteed: boolean
}

const positive = (list: StringMap | undefined, name: string): Quantity | undefined => {
  const text = list?.[name]
  const amount = text === undefined ? undefined : quantityOf(text)
  return amount !== undefined && amount.unscaled > 0n ? amount : undefined
}

const count = (sums: Sums, resources: ResourceRequirements | undefined): void => {
  for (const name of COMPUTE) {
    const request = positive(resources?.requests, name)
    if (request !== undefined)
      sums.requests.set(
        name,
        sums.requests.has(name) ? addQuantity(sums.requests.get(name)!, request) : request,
      )
    const limit = positive(resources?.limits, name)
    if (limit === undefined) sums.isGuaranteed = false
    else
      sums.limits.set(
        name,
        sums.limits.has(name) ? addQuantity(sums.limits.get(name)!, limit) : limit,
      )
  }
}

/**
 * How well a Pod is treated when its node runs short.
 * kubernetes: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
 */
export const qosClassOf = (spec: PodSpec): QosClass => {
  const sums: Sums = { requests: new Map(), limits: new Map(), isGuaranteed: true }
  if (spec.resources !== undefined) count(sums, spec.resources)
  else
    for (const list of [spec.containers, spec.initContainers ?? []])
      for (const container of list) count(sums, container.resources)
  if (sums.requests.size === 0 && sums.limits.size === 0) return 'BestEffort'
  const isGuaranteed =
    sums.isGuaranteed &&
    sums.limits.size === sums.requests.size &&
    [...sums.requests].every(([name, request]) => {
      const limit = sums.limits.get(name)
      return limit !== undefined && compareQuantity(limit, request) === 0
    })
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
