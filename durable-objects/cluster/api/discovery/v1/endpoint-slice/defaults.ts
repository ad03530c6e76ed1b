import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/discovery/v1/defaults.go SetDefaults_EndpointPort */
export const defaultEndpointSlice = (slice: EndpointSlice): EndpointSlice => {
  if (!slice.ports) return slice
  const ports = mapShared(slice.ports, (port) => fill(port, { name: '', protocol: 'TCP' }))
  return assign(slice, { ports })
}
