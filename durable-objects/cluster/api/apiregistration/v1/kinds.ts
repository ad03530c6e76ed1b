import { apiServiceRow } from '#api/apiregistration/v1/api-service/columns.ts'
import { apiServiceStrategy } from '#api/apiregistration/v1/api-service/strategy.ts'
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const apiregistrationKinds: Readonly<Record<string, KindBehaviour>> = {
  'apiservices.apiregistration.k8s.io': kind<APIService>({
    strategy: apiServiceStrategy,
    row: apiServiceRow,
  }),
}
