// Who makes volumes and how. kubernetes: pkg/apis/storage/validation/validation.go
import { invalidValue, requiredValue, tooLong, type FieldError } from '#apimachinery/field-error.ts'
import type { StringMap } from '#apimachinery/object.ts'
import { byteLength, isQualifiedName } from '#apimachinery/validation/names.ts'

const MAX_PARAMETERS = 512
const MAX_BYTES = 256 * 1024

export const validateProvisioner = (
  provisioner: string | undefined,
  path: string,
): readonly FieldError[] =>
  (provisioner ?? '') === ''
    ? [requiredValue(path)]
    : isQualifiedName(provisioner!.toLowerCase()).map((message) =>
        invalidValue(path, provisioner, message),
      )

export const validateParameters = (
  parameters: StringMap | undefined,
  mayBeEmpty: boolean,
  path: string,
): readonly FieldError[] => {
  const entries = Object.entries(parameters ?? {})
  if (entries.length > MAX_PARAMETERS) return [tooLong(path, MAX_PARAMETERS)]
  let bytes = 0
  for (const [key, value] of entries) bytes += byteLength(key) + byteLength(value)
  return [
    ...(entries.some(([key]) => key === '')
      ? [invalidValue(path, '', 'field can not be empty.')]
      : []),
    ...(bytes > MAX_BYTES ? [tooLong(path, MAX_BYTES)] : []),
    ...(!mayBeEmpty && entries.length === 0
      ? [requiredValue(path, 'must contain at least one key/value pair')]
      : []),
  ]
}
