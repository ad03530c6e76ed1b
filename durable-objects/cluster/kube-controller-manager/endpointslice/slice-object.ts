// kubernetes: staging/src/k8s.io/endpointslice/utils.go newEndpointSlice, setEndpointSliceLabels
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointPort, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { assign, equal, own, type OwnerReference, type StringMap } from '#apimachinery/object.ts'
import { hasClusterIp, type IpFamily } from '#kube-controller-manager/service-pods/pod-backend.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const HEADLESS = 'service.kubernetes.io/headless'
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'
export const CONTROLLER = 'endpointslice-controller.k8s.io'

const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS])

const unreserved = (labels: StringMap | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !RESERVED.has(key)))

/** The labels that the Service's slices have. */
export const sliceLabels = (service: Service): StringMap => ({
  ...unreserved(service.metadata.labels),
  ...(hasClusterIp(service) ? {} : { [HEADLESS]: '' }),
  [SERVICE_NAME]: service.metadata.name ?? '',
  [MANAGED_BY]: CONTROLLER,
})

/** The slice lacks or has labels that the Service does not. The reserved ones do not count. */
export const labelsDiffer = (slice: EndpointSlice, wanted: StringMap): boolean =>
  slice.metadata.labels !== wanted && !equal(unreserved(slice.metadata.labels), unreserved(wanted))

export const isManaged = (slice: EndpointSlice): boolean =>
  own(slice.metadata.labels, MANAGED_BY) === CONTROLLER

export const isOwnedBy = (slice: EndpointSlice, service: Service): boolean =>
  (slice.metadata.ownerReferences ?? []).some(
    ({ uid, kind, apiVersion }) =>
      uid === service.metadata.uid && kind === 'Service' && apiVersion === 'v1',
  )

const ownerReference = (service: Service): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Service',
  name: service.metadata.name ?? '',
  uid: service.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

/** A slice without endpoints; its name is the server's to choose. */
export const newSlice = (
  service: Service,
  addressType: IpFamily,
  ports: readonly EndpointPort[],
  labels: StringMap,
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: namePrefix(service.metadata.name ?? ''),
    namespace: service.metadata.namespace ?? '',
    labels,
    ownerReferences: [ownerReference(service)],
  },
  addressType,
  endpoints: [],
  ports,
})

/** kubernetes: getEndpointSlicePrefix */
const namePrefix = (name: string): string => (name.length < 253 ? `${name}-` : name)

/** kubernetes: placeholderSliceCompare */
export const isPlaceholder = (slice: EndpointSlice, labels: StringMap): boolean =>
  (slice.endpoints ?? []).length === 0 &&
  (slice.ports ?? []).length === 0 &&
  equal(slice.metadata.labels ?? {}, labels)

/** The slice with its trigger time, or without any. kubernetes: addTriggerTimeAnnotation */
export const withTriggerTime = (slice: EndpointSlice, time: string | undefined): EndpointSlice => {
  const { annotations } = slice.metadata
  if (own(annotations, TRIGGER_TIME) === time) return slice
  const changed = assign({ ...annotations }, { [TRIGGER_TIME]: time })
  return assign(slice, {
    metadata: assign(slice.metadata, {
      annotations: Object.keys(changed).length === 0 ? undefined : changed,
    }),
  })
}
