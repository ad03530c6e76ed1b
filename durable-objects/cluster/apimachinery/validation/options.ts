// The options of requests. kubernetes: apimachinery pkg/apis/meta/v1/validation/validation.go
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { byteLength } from '#apimachinery/validation/names.ts'

const MAX_FIELD_MANAGER_LENGTH = 128

const isPrintable = (character: string): boolean => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)

export const validateFieldManager = (manager: string, path: string): FieldError[] => {
  const errors: FieldError[] = []
  if (byteLength(manager) > MAX_FIELD_MANAGER_LENGTH)
    errors.push(tooLong(path, MAX_FIELD_MANAGER_LENGTH))
  let position = 0
  for (const character of manager) {
    if (!isPrintable(character)) {
      const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
      errors.push(
        invalidValue(path, manager, `invalid character U+${code} (at position ${position})`),
      )
    }
    position += byteLength(character)
  }
  return errors
}

export const validateDryRun = (dryRun: readonly string[], path = 'dryRun'): FieldError[] =>
  dryRun.every((value) => value === 'All') ? [] : [notSupported(path, dryRun, ['All'])]

const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn']

export const validateFieldValidation = (value: string, path = 'fieldValidation'): FieldError[] =>
  FIELD_VALIDATIONS.includes(value) ? [] : [notSupported(path, value, FIELD_VALIDATIONS)]

export interface WriteRequestOptions {
  readonly fieldManager?: string
  readonly dryRun?: readonly string[]
  readonly fieldValidation?: string
  readonly force?: boolean
}

/** Of CREATE and UPDATE. kubernetes: ValidateCreateOptions, ValidateUpdateOptions */
export const validateWriteOptions = (options: WriteRequestOptions): FieldError[] => [
  ...validateFieldManager(options.fieldManager ?? '', 'fieldManager'),
  ...validateDryRun(options.dryRun ?? []),
  ...validateFieldValidation(options.fieldValidation ?? ''),
]

export const validatePatchOptions = (
  options: WriteRequestOptions,
  isApply: boolean,
): FieldError[] => [
  ...(!isApply && options.force !== undefined
    ? [forbiddenValue('force', 'may not be specified for non-apply patch')]
    : []),
  ...(isApply && (options.fieldManager ?? '') === ''
    ? [requiredValue('fieldManager', 'is required for apply patch')]
    : []),
  ...validateWriteOptions(options),
]

const PROPAGATION_POLICIES = ['Foreground', 'Background', 'Orphan', 'nil']

export const validateDeleteOptions = (options: {
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly dryRun?: readonly string[]
}): FieldError[] => {
  const errors: FieldError[] = []
  const { propagationPolicy: policy } = options
  if (options.orphanDependents !== undefined && policy !== undefined)
    errors.push(
      invalidValue(
        'propagationPolicy',
        policy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    )
  if (policy !== undefined && !PROPAGATION_POLICIES.slice(0, 3).includes(policy))
    errors.push(notSupported('propagationPolicy', policy, PROPAGATION_POLICIES))
  return [...errors, ...validateDryRun(options.dryRun ?? [])]
}
