// The smallest checks that validation of Pods is made of. All append to the list they are given, which
// keeps the validation of a good Pod free of lists.
import { append } from '#apimachinery/append.ts'
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
import { validateLegacyIp } from '#apimachinery/validation/ip.ts'
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

export const checkIp = (errors: Errors, path: string, value: string): void => {
  append(errors, validateLegacyIp(path, value))
}

/** Two addresses are of the two families. */
export const isDualStack = (addresses: readonly string[]): boolean =>
  new Set(addresses.map((address) => address.includes(':'))).size === 2
