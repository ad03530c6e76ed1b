// Values as Go has them: what JSON decodes to, and the numbers that only templates make.
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'

/** A whole number that is no int64: a constant of a template, a length, a byte of a text. */
export class GoInteger {
  readonly type: 'int' | 'uint8'
  readonly value: bigint

  constructor(type: 'int' | 'uint8', value: bigint) {
    this.type = type
    this.value = value
  }
}

/** A float64 whatever its value is: 1.0 is none of JSON's whole numbers. */
export class GoFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export class GoComplex {
  readonly real: number
  readonly imaginary: number

  constructor(real: number, imaginary: number) {
    this.real = real
    this.imaginary = imaginary
  }
}

/** Null is a nil interface; there is no typed nil in JSON. */
export type GoValue = JsonValue | GoInteger | GoFloat | GoComplex

export type GoType =
  | 'nil'
  | 'bool'
  | 'string'
  | 'int'
  | 'int64'
  | 'uint8'
  | 'float64'
  | 'complex128'
  | 'slice'
  | 'map'

export const goInt = (value: number): GoInteger => new GoInteger('int', BigInt(value))

/** Whether Go's JSON decoder takes a number of this value for an int64. */
const isInt64 = (value: number): boolean =>
  Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63

export const typeOf = (value: GoValue): GoType => {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'string':
      return 'string'
    case 'number':
      return isInt64(value) ? 'int64' : 'float64'
    default:
  }
  if (value === null) return 'nil'
  if (Array.isArray(value)) return 'slice'
  if (value instanceof GoInteger) return value.type
  if (value instanceof GoFloat) return 'float64'
  return value instanceof GoComplex ? 'complex128' : 'map'
}

/** As reflect.Type prints it. */
export const typeName = (value: GoValue): string => {
  const type = typeOf(value)
  if (type === 'slice') return '[]interface {}'
  if (type === 'map') return 'map[string]interface {}'
  return type === 'nil' ? '<nil>' : type
}

export const isList = (value: GoValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value)

export const isMap = (value: GoValue | undefined): value is JsonObject =>
  value !== undefined && typeOf(value) === 'map'

/** The keys that have a value, in the order in which Go prints and walks them. */
export const sortedKeys = (map: JsonObject): readonly string[] =>
  Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort()

/** The value of something of type int, int64 or uint8. */
export const integerOf = (value: GoValue): bigint | undefined => {
  if (value instanceof GoInteger) return value.value
  return typeof value === 'number' && isInt64(value) ? BigInt(value) : undefined
}

/** The value of a float64. */
export const floatOf = (value: GoValue): number | undefined => {
  if (value instanceof GoFloat) return value.value
  return typeof value === 'number' && !isInt64(value) ? value : undefined
}
