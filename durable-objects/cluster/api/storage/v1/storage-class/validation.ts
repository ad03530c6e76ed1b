// kubernetes: pkg/apis/storage/validation/validation.go ValidateStorageClass, ValidateStorageClassUpdate
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'
import { isQualifiedName } from '#apimachinery/validation/names.ts'

const RECLAIM_POLICIES = ['Delete', 'Retain']
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer']

export const validateStorageClass = (storageClass: StorageClass): readonly FieldError[] => {
  const { provisioner = '', parameters = {}, reclaimPolicy, volumeBindingMode } = storageClass
  return [
    ...(provisioner === ''
      ? [requiredValue('provisioner')]
      : isQualifiedName(provisioner.toLowerCase()).map((message) =>
          invalidValue('provisioner', provisioner, message),
        )),
    ...(Object.hasOwn(parameters, '')
      ? [invalidValue('parameters', '', 'field can not be empty.')]
      : []),
    ...(reclaimPolicy === undefined || RECLAIM_POLICIES.includes(reclaimPolicy)
      ? []
      : [notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES)]),
    ...(volumeBindingMode === undefined
      ? [requiredValue('volumeBindingMode')]
      : BINDING_MODES.includes(volumeBindingMode)
        ? []
        : [notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES)]),
  ]
}

export const validateStorageClassUpdate = (
  storageClass: StorageClass,
  old: StorageClass,
): readonly FieldError[] => [
  ...(['parameters', 'provisioner', 'reclaimPolicy'] as const).flatMap((field) =>
    equal(storageClass[field], old[field])
      ? []
      : [forbiddenValue(field, `updates to ${field} are forbidden.`)],
  ),
  ...validateImmutable(storageClass.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode'),
  ...validateStorageClass(storageClass),
]
