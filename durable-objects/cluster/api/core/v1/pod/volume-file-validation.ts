// Files that volumes are filled with. kubernetes: pkg/apis/core/validation/validation.go
import { checkNonReservedPath, type Errors } from '#api/core/v1/pod/checks.ts'
import { validateFieldSelector, validateResourceSelector } from '#api/core/v1/pod/env-validation.ts'
import type { DownwardAPIVolumeFile, KeyToPath } from '#api/core/v1/pod/volume-types.ts'
import { invalidValue, requiredValue } from '#apimachinery/field-error.ts'

const MAX_MODE = 0o777
const DOWNWARD_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]

export const checkMode = (errors: Errors, path: string, mode: number | undefined): void => {
  if (mode !== undefined && (mode > MAX_MODE || mode < 0))
    errors.push(
      invalidValue(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive'),
    )
}

export const validateItems = (
  errors: Errors,
  items: readonly KeyToPath[] | undefined,
  path: string,
): void => {
  for (const [index, item] of (items ?? []).entries())
    validateItem(errors, item, `${path}.items[${index}]`)
}

export const validateItem = (errors: Errors, item: KeyToPath, path: string): void => {
  if (!item.key) errors.push(requiredValue(`${path}.key`))
  if (!item.path) errors.push(requiredValue(`${path}.path`))
  checkNonReservedPath(errors, `${path}.path`, item.path ?? '')
  checkMode(errors, `${path}.mode`, item.mode)
}

/** The path is the volume's, as upstream has it. */
export const validateDownwardFile = (
  errors: Errors,
  file: DownwardAPIVolumeFile,
  path: string,
): void => {
  if (!file.path) errors.push(requiredValue(`${path}.path`))
  checkNonReservedPath(errors, `${path}.path`, file.path ?? '')
  const { fieldRef, resourceFieldRef } = file
  if (fieldRef !== undefined) {
    validateFieldSelector(errors, fieldRef, DOWNWARD_FIELDS, `${path}.fieldRef`)
    if (resourceFieldRef !== undefined)
      errors.push(
        invalidValue(
          path,
          'resource',
          'fieldRef and resourceFieldRef can not be specified simultaneously',
        ),
      )
  } else if (resourceFieldRef !== undefined)
    validateResourceSelector(errors, resourceFieldRef, true, `${path}.resourceFieldRef`)
  else errors.push(requiredValue(path, 'one of fieldRef and resourceFieldRef is required'))
  checkMode(errors, `${path}.mode`, file.mode)
}
