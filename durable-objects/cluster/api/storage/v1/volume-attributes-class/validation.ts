// kubernetes: pkg/apis/storage/validation/validation.go ValidateVolumeAttributesClass
import { validateParameters, validateProvisioner } from '#api/storage/v1/provisioner-validation.ts'
import type { VolumeAttributesClass } from '#api/storage/v1/volume-attributes-class/types.ts'
import { forbiddenValue, type FieldError } from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'

export const validateVolumeAttributesClass = ({
  driverName,
  parameters,
}: VolumeAttributesClass): readonly FieldError[] => [
  ...validateProvisioner(driverName, 'driverName'),
  ...validateParameters(parameters, false, 'parameters'),
]

export const validateVolumeAttributesClassUpdate = (
  attributesClass: VolumeAttributesClass,
  old: VolumeAttributesClass,
): readonly FieldError[] =>
  (['driverName', 'parameters'] as const).flatMap((field) =>
    equal(attributesClass[field], old[field])
      ? []
      : [forbiddenValue(field, `updates to ${field} are forbidden.`)],
  )
