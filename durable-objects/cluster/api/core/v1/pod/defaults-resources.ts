import type { Container } from '#api/core/v1/pod/container-types.ts'
import { isPodLevelResource, sumOfContainers } from '#api/core/v1/pod/resource-sums.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { assign, fill, own, setKey, type StringMap } from '#apimachinery/object.ts'
import {
  canonicalQuantity,
  formatQuantity,
  quantityOf,
  roundUpQuantity,
} from '#apimachinery/quantity.ts'
import { sortedMap } from '#apimachinery/sorted-map.ts'

const MILLI = -3

/** The text stored for an amount: canonical, and not finer than a thousandth. */
const storedAmount = (text: string): string => {
  const quantity = quantityOf(text)
  return quantity.scale >= MILLI
    ? canonicalQuantity(text)
    : formatQuantity(roundUpQuantity(quantity, MILLI))
}

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_ResourceList */
export const defaultResourceList = (list: StringMap | undefined): StringMap | undefined => {
  if (list === undefined) return undefined
  let changed: Record<string, string> | undefined
  for (const name of Object.keys(list)) {
    const stored = storedAmount(list[name]!)
    if (stored !== list[name]) setKey((changed ??= { ...list }), name, stored)
  }
  return changed ?? list
}

/** Where only a limit is given, as much is requested. Done for Pods, not for templates. */
export const requestLimits = (container: Container): Container => {
  const { limits, requests } = container.resources
  if (limits === undefined) return container
  const filled = sortedMap(fill(requests ?? {}, limits))
  return filled === requests || Object.keys(filled).length === 0
    ? container
    : assign(container, { resources: assign(container.resources, { requests: filled }) })
}

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isOvercommitAllowed = (name: string): boolean => !isHugePages(name)

/**
 * What a Pod requests as a whole follows from its containers and its own limits.
 * kubernetes: pkg/apis/core/v1/defaults.go defaultHugePagePodLimits, defaultPodRequests
 */
export const defaultPodResources = (spec: PodSpec): PodSpec => {
  const resources = spec.resources
  if (resources === undefined) return spec
  let { limits, requests } = resources
  if (count(limits) > 0 || count(requests) > 0) {
    const hugePages: Record<string, string> = {}
    for (const [name, amount] of sumOfContainers(spec, 'limits'))
      if (isHugePages(name) && own(requests, name) === undefined)
        setKey(hugePages, name, formatQuantity(amount))
    if (count(hugePages) > 0) limits = sortedMap(fill(limits ?? {}, hugePages))
  }
  if (limits !== undefined && count(limits) > 0) {
    const wanted: Record<string, string> = {}
    for (const [name, amount] of sumOfContainers(spec, 'requests'))
      if (isPodLevelResource(name) && isOvercommitAllowed(name))
        setKey(wanted, name, formatQuantity(amount))
    for (const name of Object.keys(limits))
      if (isPodLevelResource(name) && own(wanted, name) === undefined)
        setKey(wanted, name, limits[name]!)
    if (count(wanted) > 0) requests = sortedMap(fill(requests ?? {}, wanted))
  }
  return assign(spec, { resources: assign(resources, { limits, requests }) })
}

const count = (list: StringMap | undefined): number =>
  list === undefined ? 0 : Object.keys(list).length
