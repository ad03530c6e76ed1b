// kubernetes: pkg/apis/storage/validation/validation.go ValidateCSIStorageCapacity
import type { CSIStorageCapacity } from '#api/storage/v1/csi-storage-capacity/types.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { quantityOf } from '#apimachinery/quantity.ts'
import {
  invalidEach,
  NOT_NEGATIVE,
  validateImmutable,
  validateLabelSelector,
} from '#apimachinery/validation/metadata.ts'
import { isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const validateSize = (size: string | undefined, path: string): readonly FieldError[] =>
  size !== undefined && quantityOf(size).unscaled < 0n
    ? [invalidValue(path, size, NOT_NEGATIVE)]
    : []

export const validateCsiStorageCapacity = (capacity: CSIStorageCapacity): readonly FieldError[] => {
  const { storageClassName = '' } = capacity
  return [
    ...validateLabelSelector(capacity.nodeTopology, 'nodeTopology'),
    ...invalidEach('storageClassName', storageClassName, isDns1123Subdomain(storageClassName)),
    ...validateSize(capacity.capacity, 'capacity'),
    ...validateSize(capacity.maximumVolumeSize, 'maximumVolumeSize'),
  ]
}

export const validateCsiStorageCapacityUpdate = (
  capacity: CSIStorageCapacity,
  old: CSIStorageCapacity,
): readonly FieldError[] => [
  ...validateCsiStorageCapacity(capacity),
  ...validateImmutable(capacity.nodeTopology, old.nodeTopology, 'nodeTopology'),
  ...validateImmutable(capacity.storageClassName, old.storageClassName, 'storageClassName'),
]
