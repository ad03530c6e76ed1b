// kubernetes: kube-aggregator pkg/registry/apiservice/strategy.go
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import { validateAPIService } from '#api/apiregistration/v1/api-service/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign, fill } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { nameIsPathSegment } from '#apimachinery/validation/names.ts'

const HTTPS = 443

/** What the API server serves itself is there at once. */
const available = (now: number): NonNullable<APIService['status']> => ({
  conditions: [
    {
      type: 'Available',
      status: 'True',
      lastTransitionTime: formatTime(now),
      reason: 'Local',
      message: 'Local APIServices are always available',
    },
  ],
})

export const apiServiceStrategy: Strategy<APIService> = {
  defaults: (service) => {
    const reference = service.spec?.service
    if (reference === undefined) return service
    const spec = assign(service.spec, { service: fill(reference, { port: HTTPS }) })
    return assign(service, { spec })
  },
  validateName: nameIsPathSegment,
  prepareForCreate: (service, { now }) =>
    assign(service, { status: service.spec.service === undefined ? available(now) : {} }),
  validate: validateAPIService,
  prepareForUpdate: (service, old) => assign(service, { status: old.status }),
  validateUpdate: validateAPIService,
  hasGeneration: false,
}
