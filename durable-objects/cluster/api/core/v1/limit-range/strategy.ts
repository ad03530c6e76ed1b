import { limitRangeDefaults } from '#api/core/v1/limit-range/defaults.ts'
import type { LimitRange } from '#api/core/v1/limit-range/types.ts'
import { validateLimitRange } from '#api/core/v1/limit-range/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const limitRangeStrategy: Strategy<LimitRange> = {
  defaults: limitRangeDefaults,
  validate: validateLimitRange,
  validateUpdate: validateLimitRange,
  allowCreateOnUpdate: true,
  hasGeneration: false,
}
