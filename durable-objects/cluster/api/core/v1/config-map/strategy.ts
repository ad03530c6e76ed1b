import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { validateConfigMap, validateConfigMapUpdate } from '#api/core/v1/config-map/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const configMapStrategy: Strategy<ConfigMap> = {
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
}
