// Numbers that may be shares: `1`, `25%`. kubernetes: pkg/apis/apps/validation/validation.go
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { NOT_NEGATIVE } from '#apimachinery/validation/metadata.ts'
import { isValidPercent } from '#apimachinery/validation/names.ts'

export type IntOrPercent = number | string

/** kubernetes: ValidatePositiveIntOrPercent */
export const validateIntOrPercent = (value: IntOrPercent, path: string): readonly FieldError[] => {
  if (typeof value === 'string')
    return isValidPercent(value).map((message) => invalidValue(path, value, message))
  return value < 0 ? [invalidValue(path, value, NOT_NEGATIVE)] : []
}

/** The number or the number of percent; 0 for a text that is no percentage. kubernetes: getIntOrPercentValue */
export const intOrPercentValue = (value: IntOrPercent): number => {
  if (typeof value === 'number') return value
  return /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : Number.parseInt(value, 10) || 0
}

/** kubernetes: IsNotMoreThan100Percent */
export const validateAtMostAll = (value: IntOrPercent, path: string): readonly FieldError[] =>
  typeof value === 'string' && /^[0-9]+%$/.test(value) && intOrPercentValue(value) > 100
    ? [invalidValue(path, value, 'must not be greater than 100%')]
    : []
