// kubernetes: pkg/apis/core/validation/validation.go ValidateConfigMap, ValidateConfigMapUpdate
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import {
  decodedLength,
  IMMUTABLE_WHEN_SET,
  MAX_SECRET_SIZE,
} from '#api/core/v1/secret/validation.ts'
import {
  at,
  forbiddenValue,
  invalidValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal, own } from '#apimachinery/object.ts'
import { byteLength, isConfigMapKey } from '#apimachinery/validation/names.ts'

export const validateConfigMap = (config: ConfigMap): readonly FieldError[] => {
  const errors: FieldError[] = []
  const { data = {}, binaryData = {} } = config
  let size = 0
  const checkKey = (field: string, key: string): void => {
    for (const message of isConfigMapKey(key))
      errors.push(invalidValue(at(field, key), key, message))
  }
  for (const key of Object.keys(data).sort()) {
    checkKey('data', key)
    if (own(binaryData, key) !== undefined)
      errors.push(invalidValue(at('data', key), key, 'duplicate of key present in binaryData'))
    size += byteLength(data[key]!)
  }
  for (const key of Object.keys(binaryData).sort()) {
    checkKey('binaryData', key)
    size += decodedLength(binaryData[key]!)
  }
  // The empty path, as Go prints it, stands for the whole object.
  if (size > MAX_SECRET_SIZE) errors.push(tooLong('[]', MAX_SECRET_SIZE))
  return errors
}

export const validateConfigMapUpdate = (
  config: ConfigMap,
  old: ConfigMap,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (old.immutable === true) {
    if (config.immutable !== true) errors.push(forbiddenValue('immutable', IMMUTABLE_WHEN_SET))
    for (const field of ['data', 'binaryData'] as const)
      if (!equal(config[field] ?? {}, old[field] ?? {}))
        errors.push(forbiddenValue(field, IMMUTABLE_WHEN_SET))
  }
  return [...errors, ...validateConfigMap(config)]
}
