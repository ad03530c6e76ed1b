import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import { assign, mapShared } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Endpoints */
export const defaultEndpoints = (endpoints: Endpoints): Endpoints => {
  if (!endpoints.subsets) return endpoints
  const subsets = mapShared(endpoints.subsets, (subset) =>
    subset.ports
      ? assign(subset, {
          ports: mapShared(subset.ports, (port) =>
            assign(port, { protocol: port.protocol || 'TCP' }),
          ),
        })
      : subset,
  )
  return assign(endpoints, { subsets })
}
