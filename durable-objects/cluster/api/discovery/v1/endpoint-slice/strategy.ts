// kubernetes: pkg/registry/discovery/endpointslice/strategy.go
import { defaultEndpointSlice } from '#api/discovery/v1/endpoint-slice/defaults.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import {
  validateEndpointSlice,
  validateEndpointSliceUpdate,
} from '#api/discovery/v1/endpoint-slice/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { at, child } from '#apimachinery/field-error.ts'
import { assign, mapShared, own } from '#apimachinery/object.ts'
import { warningsForIp } from '#apimachinery/validation/ip.ts'

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const CONTROLLERS: readonly (string | undefined)[] = [
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
]

/** The field is left from v1beta1; v1 drops what is written there. */
const withoutTopology = (endpoint: Endpoint): Endpoint =>
  assign(endpoint, { deprecatedTopology: undefined })

const dropTopology = (slice: EndpointSlice): EndpointSlice =>
  slice.endpoints
    ? assign(slice, { endpoints: mapShared(slice.endpoints, withoutTopology) })
    : slice

/** Our own controllers write no bad addresses. */
const addressWarnings = ({ metadata, endpoints }: EndpointSlice): readonly string[] =>
  CONTROLLERS.includes(own(metadata.labels, MANAGED_BY))
    ? []
    : (endpoints ?? []).flatMap(({ addresses }, i) =>
        addresses.flatMap((address, j) =>
          warningsForIp(at(child(at('endpoints', i), 'addresses'), j), address),
        ),
      )

export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  defaults: defaultEndpointSlice,
  prepareForCreate: dropTopology,
  validate: validateEndpointSlice,
  warningsOnCreate: (slice) => [
    ...(slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...addressWarnings(slice),
  ],
  prepareForUpdate: dropTopology,
  validateUpdate: validateEndpointSliceUpdate,
  warningsOnUpdate: addressWarnings,
  // Go writes lists that it never filled as null; so are these once they were stored.
  canonicalize: (slice) =>
    slice.endpoints?.length === 0 || slice.ports?.length === 0
      ? ({
          ...slice,
          endpoints: slice.endpoints?.length === 0 ? null : slice.endpoints,
          ports: slice.ports?.length === 0 ? null : slice.ports,
        } as unknown as EndpointSlice)
      : slice,
  hasGeneration: true,
  // Labels count too: consumers choose slices by them.
  generationOf: ({ metadata, addressType, endpoints, ports }) => [
    metadata.labels ?? {},
    addressType,
    endpoints ?? [],
    ports ?? [],
  ],
}
