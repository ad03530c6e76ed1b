// Values of the downward API. kubernetes: pkg/fieldpath/fieldpath.go, pkg/api/v1/resource/helpers.go
import type { Node } from '#api/core/v1/node/types.ts'
import type { Container, ResourceFieldSelector } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import {
  compareQuantity,
  newQuantity,
  quantityMilliValue,
  quantityOf,
  quantityValue,
} from '#apimachinery/quantity.ts'

/** What of the running pod is not in its object yet. */
export interface PodAddresses {
  readonly podIP: string
  readonly hostIP: string
}

/** The value of a `fieldRef`; an error's text if there is no such field. */
export const fieldValue = (
  path: string,
  pod: Pod,
  { podIP, hostIP }: PodAddresses,
): { readonly value: string } | { readonly error: string } => {
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(path)
  if (subscript !== null) {
    const map = subscript[1] === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations
    return { value: own(map, subscript[2]!) ?? '' }
  }
  const value = plainField(path, pod, podIP, hostIP)
  return value === undefined ? { error: `unsupported fieldPath: ${path}` } : { value }
}

const plainField = (
  path: string,
  { metadata, spec }: Pod,
  podIP: string,
  hostIP: string,
): string | undefined => {
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatMap(metadata.labels)
    case 'metadata.annotations':
      return formatMap(metadata.annotations)
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP
    case 'status.podIP':
    case 'status.podIPs':
      return podIP
    default:
      return undefined
  }
}

/** `key="value"` lines, sorted. */
const formatMap = (map: StringMap | undefined): string =>
  Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify(map![key])}`)
    .join('\n')

/** The value of a `resourceFieldRef`: limits that were not set are what the node has. */
export const resourceValue = (
  selector: ResourceFieldSelector,
  container: Container,
  allocatable: Node['status']['allocatable'],
): { readonly value: string } | { readonly error: string } => {
  const [list, ...rest] = selector.resource.split('.')
  const name = rest.join('.')
  if ((list !== 'limits' && list !== 'requests') || name === '')
    return { error: `unsupported container resource : ${selector.resource}` }
  const { limits, requests } = container.resources
  const set = list === 'limits' ? own(limits, name) : own(requests, name)
  const otherwise = list === 'limits' ? own(allocatable, name) : undefined
  return { value: divided(set ?? otherwise ?? '0', selector.divisor, name === 'cpu') }
}

/** The quantity in units of the divisor, rounded up. */
const divided = (text: string, divisor: string | undefined, isCPU: boolean): string => {
  const quantity = quantityOf(text)
  const unit = quantityOf(
    divisor === undefined || divisor === '' || divisor === '0' ? '1' : divisor,
  )
  const isMilli = isCPU && compareQuantity(unit, newQuantity(1, 'DecimalSI')) < 0
  return String(
    isMilli
      ? Math.ceil(quantityMilliValue(quantity) / quantityMilliValue(unit))
      : Math.ceil(
          (isCPU ? quantityMilliValue(quantity) / 1000 : quantityValue(quantity)) /
            quantityValue(unit),
        ),
  )
}
