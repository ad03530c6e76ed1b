// The smallest checks that validation of Pods is made of. All append to the list they are given, which
// keeps the validation of a good Pod free of lists.
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
} from '#apimachinery/validation/names.ts'
import { NOT_NEGATIVE } from '#apimachinery/validation/metadata.ts'

export type Errors = FieldError[]

/** One error for each message about the value. */
export const addInvalid = (
  errors: Errors,
  path: string,
  value: unknown,
  messages: readonly string[],
): void => {
  for (const message of messages) errors.push(invalidValue(path, value, message))
}

export const checkDnsLabel = (errors: Errors, path: string, value: string): void =>
  addInvalid(errors, path, value, isDns1123Label(value))

export const checkDnsSubdomain = (errors: Errors, path: string, value: string): void =>
  addInvalid(errors, path, value, isDns1123Subdomain(value))

export const checkQualifiedName = (errors: Errors, path: string, value: string): void =>
  addInvalid(errors, path, value, isQualifiedName(value))

export const checkNotNegative = (errors: Errors, path: string, value: number | undefined): void => {
  if (value !== undefined && value < 0) errors.push(invalidValue(path, value, NOT_NEGATIVE))
}

export const checkPositive = (errors: Errors, path: string, value: number): void => {
  if (value <= 0) errors.push(invalidValue(path, value, 'must be greater than 0'))
}

/** A value that must be set, and be one of a few. */
export const checkRequiredChoice = (
  errors: Errors,
  path: string,
  value: string | undefined,
  choices: readonly string[],
): void => {
  if (!value) errors.push(requiredValue(path))
  else checkChoice(errors, path, value, choices)
}

export const checkChoice = (
  errors: Errors,
  path: string,
  value: string,
  choices: readonly string[],
): void => {
  if (!choices.includes(value)) errors.push(notSupported(path, value, choices))
}

export const checkUnset = (errors: Errors, path: string, value: unknown, why: string): void => {
  if (value !== undefined) errors.push(forbiddenValue(path, why))
}

/** kubernetes: validatePathNoBacksteps */
export const checkNoBacksteps = (errors: Errors, path: string, target: string): void => {
  if (target.split('/').includes('..'))
    errors.push(invalidValue(path, target, "must not contain '..'"))
}

/** kubernetes: validateLocalDescendingPath */
export const checkDescendingPath = (errors: Errors, path: string, target: string): void => {
  if (target.startsWith('/')) errors.push(invalidValue(path, target, 'must be a relative path'))
  checkNoBacksteps(errors, path, target)
}

/** kubernetes: ValidateLocalNonReservedPath */
export const checkNonReservedPath = (errors: Errors, path: string, target: string): void => {
  checkDescendingPath(errors, path, target)
  if (target.startsWith('..') && !target.startsWith('../'))
    errors.push(invalidValue(path, target, "must not start with '..'"))
}

/** An IPv4 or IPv6 address in any of the notations that were ever taken. kubernetes: IsValidIPForLegacyField */
export const checkIp = (errors: Errors, path: string, value: string): void => {
  if (!isIp(value))
    errors.push(
      invalidValue(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
    )
}

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,}$/.test(part) && Number(part) <= 255)
}

const isIp = (text: string): boolean => {
  if (!text.includes(':')) return isIpv4(text)
  const lastColon = text.lastIndexOf(':')
  const embedded = text.includes('.', lastColon)
  if (embedded && !isIpv4(text.slice(lastColon + 1))) return false
  const groups = embedded ? `${text.slice(0, lastColon + 1)}0:0` : text
  const halves = groups.split('::')
  if (halves.length > 2) return false
  const counted = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!counted.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  return halves.length === 2 ? counted.length < 8 : counted.length === 8
}

/** Two addresses are of the two families. */
export const isDualStack = (addresses: readonly string[]): boolean =>
  new Set(addresses.map((address) => address.includes(':'))).size === 2
