// kubernetes: pkg/apis/core/validation/validation.go ValidateSecret, ValidateSecretUpdate
import type { Secret } from '#api/core/v1/secret/types.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import {
  at,
  forbiddenValue,
  invalidValue,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { JsonSyntaxError, parseJson } from '#apimachinery/json.ts'
import { equal, own } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'
import { isConfigMapKey } from '#apimachinery/validation/names.ts'

export const MAX_SECRET_SIZE = 1024 * 1024
/** How many bytes canonical base64 stands for. */
export const decodedLength = (text: string): number => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return (text.length / 4) * 3 - padding
}

const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name'

export const validateSecret = (secret: Secret): readonly FieldError[] => {
  const errors: FieldError[] = []
  let size = 0
  for (const key of Object.keys(secret.data ?? {}).sort()) {
    for (const message of isConfigMapKey(key))
      errors.push(invalidValue(at('data', key), key, message))
    size += decodedLength(secret.data![key]!)
  }
  if (size > MAX_SECRET_SIZE) errors.push(tooLong('data', MAX_SECRET_SIZE))
  return [...errors, ...validateByType(secret)]
}

const validateByType = (secret: Secret): readonly FieldError[] => {
  const has = (key: string): boolean => own(secret.data, key) !== undefined
  const missing = (key: string): FieldError => requiredValue(at('data', key))
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      return (own(secret.metadata.annotations, SERVICE_ACCOUNT_NAME) ?? '') === ''
        ? [requiredValue(at('metadata.annotations', SERVICE_ACCOUNT_NAME))]
        : []
    case 'kubernetes.io/dockercfg':
      return validateJson(secret, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson':
      return validateJson(secret, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth':
      return has('username') || has('password') ? [] : [missing('username'), missing('password')]
    case 'kubernetes.io/ssh-auth':
      return (own(secret.data, 'ssh-privatekey') ?? '') === '' ? [missing('ssh-privatekey')] : []
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'].filter((key) => !has(key)).map(missing)
    default:
      return []
  }
}

const validateJson = (secret: Secret, key: string): readonly FieldError[] => {
  const value = own(secret.data, key)
  if (value === undefined) return [requiredValue(at('data', key))]
  const message = jsonObjectError(decodeUtf8Loosely(decodeBase64(value)))
  return message === undefined
    ? []
    : [invalidValue(at('data', key), '<secret contents redacted>', message)]
}

/** Go's words for text that is no JSON object. */
const jsonObjectError = (text: string): string | undefined => {
  let value: unknown
  try {
    value = parseJson(text).value
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message
    throw error
  }
  const kind = Array.isArray(value) ? 'array' : typeof value
  return kind === 'object'
    ? undefined
    : `json: cannot unmarshal ${kind === 'boolean' ? 'bool' : kind} into Go value of type map[string]interface {}`
}

export const IMMUTABLE_WHEN_SET = 'field is immutable when `immutable` is set'

export const validateSecretUpdate = (secret: Secret, old: Secret): readonly FieldError[] => {
  const errors: FieldError[] = [...validateImmutable(secret.type, old.type, 'type')]
  if (old.immutable === true) {
    if (secret.immutable !== true) errors.push(forbiddenValue('immutable', IMMUTABLE_WHEN_SET))
    if (!equal(secret.data ?? {}, old.data ?? {}))
      errors.push(forbiddenValue('data', IMMUTABLE_WHEN_SET))
  }
  return [...errors, ...validateSecret(secret)]
}

/** kubernetes: pkg/registry/core/secret/strategy.go warningsForSecret. differs: only missing PEM data is noticed. */
export const secretWarnings = (secret: Secret): readonly string[] => {
  if (secret.type !== 'kubernetes.io/tls') return []
  const isPem = (key: string): boolean =>
    decodeUtf8Loosely(decodeBase64(own(secret.data, key) ?? '')).includes('-----BEGIN')
  if (!isPem('tls.crt')) return ['tls: failed to find any PEM data in certificate input']
  return isPem('tls.key') ? [] : ['tls: failed to find any PEM data in key input']
}
