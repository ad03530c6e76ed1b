// kubernetes: pkg/registry/core/endpoint/strategy.go
import { defaultEndpoints } from '#api/core/v1/endpoints/defaults.ts'
import type { EndpointAddress, Endpoints } from '#api/core/v1/endpoints/types.ts'
import { validateEndpoints, validateEndpointsUpdate } from '#api/core/v1/endpoints/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { at, child } from '#apimachinery/field-error.ts'
import { warningsForIp } from '#apimachinery/validation/ip.ts'

/** Said on every request for Endpoints. kubernetes: api/core/v1 Endpoints APILifecycleDeprecated */
export const ENDPOINTS_DEPRECATED =
  'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'

const addressWarnings = (
  addresses: readonly EndpointAddress[] | undefined,
  path: string,
): readonly string[] =>
  (addresses ?? []).flatMap(({ ip }, index) => warningsForIp(child(at(path, index), 'ip'), ip))

/** kubernetes: endpointsWarnings */
const warnings = ({ subsets }: Endpoints): readonly string[] =>
  (subsets ?? []).flatMap(({ addresses, notReadyAddresses }, index) => {
    const path = at('subsets', index)
    return [
      ...addressWarnings(addresses, child(path, 'addresses')),
      ...addressWarnings(notReadyAddresses, child(path, 'notReadyAddresses')),
    ]
  })

export const endpointsStrategy: Strategy<Endpoints> = {
  defaults: defaultEndpoints,
  validate: validateEndpoints,
  warningsOnCreate: warnings,
  validateUpdate: validateEndpointsUpdate,
  warningsOnUpdate: warnings,
  allowCreateOnUpdate: true,
  hasGeneration: false,
}
