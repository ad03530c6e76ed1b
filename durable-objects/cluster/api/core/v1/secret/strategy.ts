// kubernetes: pkg/registry/core/secret/strategy.go
import { secretDefaults } from '#api/core/v1/secret/defaults.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import {
  secretWarnings,
  validateSecret,
  validateSecretUpdate,
} from '#api/core/v1/secret/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const secretStrategy: Strategy<Secret> = {
  defaults: secretDefaults,
  validate: validateSecret,
  warningsOnCreate: secretWarnings,
  validateUpdate: validateSecretUpdate,
  warningsOnUpdate: secretWarnings,
  selectableFields: (secret) => ({ type: secret.type ?? '' }),
}
