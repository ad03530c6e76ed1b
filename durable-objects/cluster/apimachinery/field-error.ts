// kubernetes: apimachinery pkg/util/validation/field/errors.go

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'

/** One thing that is wrong with an object. Validation functions return a list of these and never throw. */
export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.ports[0].port` */
  readonly field: string
  /** `undefined` prints as null. */
  readonly badValue: unknown
  readonly detail: string
}

/** A bad value that is not to be printed. kubernetes: field.OmitValueType */
export const OMIT_VALUE: unique symbol = Symbol('omit')

const make =
  (type: FieldErrorType) =>
  (field: string, badValue: unknown, detail = ''): FieldError => ({ type, field, badValue, detail })

export const invalidValue = make('FieldValueInvalid')
export const typeInvalid = make('FieldValueTypeInvalid')
export const notFoundValue = (field: string, badValue: unknown): FieldError =>
  make('FieldValueNotFound')(field, badValue)
export const duplicateValue = (field: string, badValue: unknown): FieldError =>
  make('FieldValueDuplicate')(field, badValue)
export const requiredValue = (field: string, detail = ''): FieldError =>
  make('FieldValueRequired')(field, '', detail)
export const forbiddenValue = (field: string, detail = ''): FieldError =>
  make('FieldValueForbidden')(field, '', detail)
export const internalFieldError = (field: string, detail: string): FieldError =>
  make('InternalError')(field, undefined, detail)

/** `supported` is printed as it is given: upstream sorts only the lists that it makes of sets. */
export const notSupported = (
  field: string,
  badValue: unknown,
  supported: readonly string[],
): FieldError => {
  const quoted = supported.map((value) => quote(value))
  return make('FieldValueNotSupported')(
    field,
    badValue,
    quoted.length === 0 ? '' : `supported values: ${quoted.join(', ')}`,
  )
}

export const tooLong = (field: string, maxLength: number): FieldError =>
  make('FieldValueTooLong')(
    field,
    OMIT_VALUE,
    maxLength >= 0
      ? `may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`
      : 'value is too long',
  )

export const tooMany = (field: string, actual: number, max: number): FieldError =>
  make('FieldValueTooMany')(
    field,
    actual,
    max >= 0 ? `must have at most ${max} ${max === 1 ? 'item' : 'items'}` : 'has too many items',
  )

const NAMES: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
}

const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
])

/** A string as Go's %q prints it. */
export const quote = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f]/g, (c) => {
    const named: Readonly<Record<string, string>> = {
      '\n': '\\n',
      '\r': '\\r',
      '\t': '\\t',
      '\u0007': '\\a',
      '\b': '\\b',
      '\f': '\\f',
      '\v': '\\v',
    }
    return named[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
  })}"`

/** JSON as Go's encoder writes it: safe to stand in HTML. */
const goJson = (value: object): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const printed = (value: unknown): string => {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'object') return goJson(value)
  return String(value)
}

/** The error without its field, as it stands in a Status cause. kubernetes: field.Error.ErrorBody */
export const errorBody = (error: FieldError): string => {
  const head =
    NAMES[error.type] +
    (WITHOUT_VALUE.has(error.type) || error.badValue === OMIT_VALUE
      ? ''
      : `: ${printed(error.badValue)}`)
  return error.detail === '' ? head : `${head}: ${error.detail}`
}

export const errorText = (error: FieldError): string => `${error.field}: ${errorBody(error)}`

/** `spec` + `ports` = `spec.ports`; an empty parent adds nothing. */
export const child = (path: string, ...names: readonly string[]): string =>
  [path, ...names].filter((part) => part !== '').join('.')

/** `spec.ports` + 0 = `spec.ports[0]` */
export const at = (path: string, index: number | string): string => `${path}[${index}]`
