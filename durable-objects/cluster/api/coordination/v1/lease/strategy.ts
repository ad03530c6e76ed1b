// kubernetes: pkg/registry/coordination/lease/strategy.go, pkg/apis/coordination/validation/validation.go
import type { Lease } from '#api/coordination/v1/lease/types.ts'
import type { Strategy } from '#api/strategy.ts'
import { forbiddenValue, invalidValue, type FieldError } from '#apimachinery/field-error.ts'

const validateLease = ({ spec }: Lease): readonly FieldError[] => {
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec ?? {}
  const errors: FieldError[] = []
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.push(
      invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'),
    )
  if (leaseTransitions !== undefined && leaseTransitions < 0)
    errors.push(
      invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'),
    )
  if ((preferredHolder ?? '') !== '' && (strategy ?? '') === '')
    errors.push(
      forbiddenValue('spec.preferredHolder', 'may only be specified if `strategy` is defined'),
    )
  return errors
}

export const leaseStrategy: Strategy<Lease> = {
  validate: validateLease,
  validateUpdate: validateLease,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  hasGeneration: false,
}
