import type { ExternalHost } from '#api/kubarium/v1/external-host/types.ts'
import { validateExternalHost } from '#api/kubarium/v1/external-host/validation.ts'
import type { Strategy } from '#api/strategy.ts'

/** Which addresses are the cluster's own is known to it alone: see world/admission.ts. */
export const externalHostStrategy: Strategy<ExternalHost> = {
  hasGeneration: true,
  validate: validateExternalHost,
  validateUpdate: validateExternalHost,
}
