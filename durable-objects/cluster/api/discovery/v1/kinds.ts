import { endpointSliceRow } from '#api/discovery/v1/endpoint-slice/columns.ts'
import { endpointSliceStrategy } from '#api/discovery/v1/endpoint-slice/strategy.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const discoveryKinds: Readonly<Record<string, KindBehaviour>> = {
  'endpointslices.discovery.k8s.io': kind<EndpointSlice>({
    strategy: endpointSliceStrategy,
    row: endpointSliceRow,
  }),
}
