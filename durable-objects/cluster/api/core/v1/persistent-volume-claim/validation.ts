// kubernetes: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim…
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
} from '#api/core/v1/persistent-volume-claim/types.ts'
import {
  mixesReadWriteOncePod,
  validateAccessModes,
  validateClassName,
  validatePositiveQuantity,
  validateVolumeMode,
} from '#api/core/v1/storage-validation.ts'
import {
  at,
  child,
  forbiddenValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { assign, equal, own } from '#apimachinery/object.ts'
import { compareQuantity, quantityOf } from '#apimachinery/quantity.ts'
import { validateImmutable, validateLabelSelector } from '#apimachinery/validation/metadata.ts'

/** Also of the claim templates of StatefulSets and of ephemeral volumes. */
export const validateClaimSpec = (
  spec: PersistentVolumeClaimSpec | undefined,
  path: string,
): readonly FieldError[] => {
  const modes = spec?.accessModes ?? []
  const storage = own(spec?.resources?.requests, 'storage')
  const where = at(child(path, 'resources'), 'storage')
  return [
    ...(modes.length === 0
      ? [requiredValue(child(path, 'accessModes'), 'at least 1 access mode is required')]
      : []),
    ...validateLabelSelector(spec?.selector, child(path, 'selector')),
    ...validateAccessModes(modes, child(path, 'accessModes')),
    ...(mixesReadWriteOncePod(modes)
      ? [
          forbiddenValue(
            child(path, 'accessModes'),
            'may not use ReadWriteOncePod with other access modes',
          ),
        ]
      : []),
    ...(storage === undefined ? [requiredValue(where)] : validatePositiveQuantity(storage, where)),
    ...validateClassName(spec?.storageClassName, child(path, 'storageClassName')),
    ...validateVolumeMode(spec?.volumeMode, child(path, 'volumeMode')),
  ]
}

export const validatePersistentVolumeClaim = (
  claim: PersistentVolumeClaim,
): readonly FieldError[] => validateClaimSpec(claim.spec, 'spec')

/** The spec without what may change: the volume's name once, the size and attributes of a bound claim. */
const fixedPart = (
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaim,
): PersistentVolumeClaimSpec => {
  const bound = old.status?.phase === 'Bound'
  return assign(spec, {
    ...((old.spec.volumeName ?? '') === '' ? { volumeName: undefined } : {}),
    ...(bound
      ? {
          volumeAttributesClassName: undefined,
          resources: assign(spec.resources ?? {}, {
            requests: { ...spec.resources?.requests, storage: '0' },
          }),
        }
      : {}),
    ...(old.spec.storageClassName === undefined && !bound ? { storageClassName: undefined } : {}),
  })
}

/** differs: upstream adds a diff of the two specs to the message. */
const SPEC_IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n'

export const validatePersistentVolumeClaimUpdate = (
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): readonly FieldError[] => {
  const errors: FieldError[] = [...validatePersistentVolumeClaim(claim)]
  if (!equal(fixedPart(claim.spec, old), fixedPart(old.spec, old)))
    errors.push(forbiddenValue('spec', SPEC_IMMUTABLE))
  const size = own(claim.spec.resources?.requests, 'storage') ?? '0'
  const before = own(old.spec.resources?.requests, 'storage') ?? '0'
  const capacity = own(old.status?.capacity, 'storage') ?? '0'
  if (
    compareQuantity(quantityOf(size), quantityOf(before)) < 0 &&
    compareQuantity(quantityOf(size), quantityOf(capacity)) <= 0
  )
    errors.push(
      forbiddenValue(
        'spec.resources.requests.storage',
        'field can not be less than status.capacity',
      ),
    )
  return [
    ...errors,
    ...validateImmutable(claim.spec.volumeMode, old.spec.volumeMode, 'spec.volumeMode'),
  ]
}
