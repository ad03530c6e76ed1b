// What a LimitRange refuses. kubernetes: plugin/pkg/admission/limitranger/admission.go
import type { LimitRange, LimitRangeItem } from '#api/core/v1/limit-range/types.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { isPodLevelResource, sumOfContainers } from '#api/core/v1/pod/resource-sums.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { amountsOf, type ResourceAmounts } from '#api/core/v1/resource-quota/resource-amounts.ts'
import type { StringMap } from '#apimachinery/object.ts'
import {
  compareQuantity,
  formatQuantity,
  quantityMilliValue,
  quantityOf,
  type Quantity,
} from '#apimachinery/quantity.ts'

/** What something requests and is limited to. */
interface Stated {
  readonly requests: ResourceAmounts
  readonly limits: ResourceAmounts
}

interface Bound {
  /** `Container`, `Pod`, `PersistentVolumeClaim` */
  readonly type: string
  readonly resource: string
  readonly value: Quantity
}

type Constraint = (bound: Bound, stated: Stated) => string | undefined

const usage = (word: string, { type, resource, value }: Bound): string =>
  `${word} ${resource} usage per ${type} is ${formatQuantity(value)}`

const minimum: Constraint = (bound, { requests, limits }) => {
  const request = requests.get(bound.resource)
  const limit = limits.get(bound.resource)
  const text = usage('minimum', bound)
  if (request === undefined) return `${text}.  No request is specified`
  if (compareQuantity(request, bound.value) < 0)
    return `${text}, but request is ${formatQuantity(request)}`
  return limit !== undefined && compareQuantity(limit, bound.value) < 0
    ? `${text}, but limit is ${formatQuantity(limit)}`
    : undefined
}

const maximum: Constraint = (bound, { requests, limits }) => {
  const request = requests.get(bound.resource)
  const limit = limits.get(bound.resource)
  const text = usage('maximum', bound)
  if (limit === undefined) return `${text}.  No limit is specified`
  if (compareQuantity(limit, bound.value) > 0)
    return `${text}, but limit is ${formatQuantity(limit)}`
  return request !== undefined && compareQuantity(request, bound.value) > 0
    ? `${text}, but request is ${formatQuantity(request)}`
    : undefined
}

/** Claims have requests only. */
const maximumRequest: Constraint = (bound, { requests }) => {
  const request = requests.get(bound.resource)
  const text = usage('maximum', bound)
  if (request === undefined) return `${text}.  No request is specified`
  return compareQuantity(request, bound.value) > 0
    ? `${text}, but request is ${formatQuantity(request)}`
    : undefined
}

const ratio: Constraint = ({ type, resource, value }, { requests, limits }) => {
  const request = requests.get(resource)
  const limit = limits.get(resource)
  const text = `${resource} max limit to request ratio per ${type} is ${formatQuantity(value)}`
  if (request === undefined || request.unscaled === 0n)
    return `${text}, but no request is specified or request is 0`
  if (limit === undefined || limit.unscaled === 0n)
    return `${text}, but no limit is specified or limit is 0`
  const observed = quantityMilliValue(limit) / quantityMilliValue(request)
  return observed * 1000 > quantityMilliValue(value)
    ? `${text}, but provided ratio is ${observed.toFixed(6)}`
    : undefined
}

const check = (
  constraint: Constraint,
  type: string,
  bounds: StringMap | undefined,
  stated: Stated,
): readonly string[] =>
  Object.keys(bounds ?? {})
    .sort()
    .flatMap((resource) => {
      const message = constraint({ type, resource, value: quantityOf(bounds![resource]!) }, stated)
      return message === undefined ? [] : [message]
    })

const checkAll = (item: LimitRangeItem, stated: Stated): readonly string[] => [
  ...check(minimum, item.type, item.min, stated),
  ...check(maximum, item.type, item.max, stated),
  ...check(ratio, item.type, item.maxLimitRequestRatio, stated),
]

/** The Pod's sums without its overhead; what is stated for the Pod as a whole counts instead. */
const statedByPod = (spec: PodSpec): Stated => {
  const sums = (which: 'requests' | 'limits'): ResourceAmounts => {
    const own = [...amountsOf(spec.resources?.[which])].filter(([name]) => isPodLevelResource(name))
    return new Map([...sumOfContainers(spec, which), ...own])
  }
  return { requests: sums('requests'), limits: sums('limits') }
}

/** What is wrong with a Pod under a LimitRange. kubernetes: PodValidateLimitFunc */
export const podLimitErrors = ({ spec }: LimitRange, pod: Pod): readonly string[] =>
  (spec.limits ?? []).flatMap((item) => {
    if (item.type === 'Pod') return checkAll(item, statedByPod(pod.spec))
    if (item.type !== 'Container') return []
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
      checkAll(item, {
        requests: amountsOf(resources?.requests),
        limits: amountsOf(resources?.limits),
      }),
    )
  })

/** kubernetes: PersistentVolumeClaimValidateLimitFunc */
export const claimLimitErrors = (
  { spec }: LimitRange,
  claim: PersistentVolumeClaim,
): readonly string[] => {
  const stated = { requests: amountsOf(claim.spec.resources?.requests), limits: new Map() }
  return (spec.limits ?? [])
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [
      ...check(minimum, item.type, item.min, stated),
      ...check(maximumRequest, item.type, item.max, stated),
    ])
}
