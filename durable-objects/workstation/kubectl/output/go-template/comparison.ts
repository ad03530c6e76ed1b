// go: text/template/funcs.go eq, lt and their like
import { sprint } from '#kubectl/output/go/format.ts'
import { sprintf } from '#kubectl/output/go/sprintf.ts'
import {
  floatOf,
  GoComplex,
  integerOf,
  typeName,
  typeOf,
  type GoValue,
} from '#kubectl/output/go/value.ts'
import { unboxed, type Reflected } from '#kubectl/output/go-template/values.ts'

/** What a function says is wrong with its arguments. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
}

type Kind = 'bool' | 'integer' | 'float' | 'complex' | 'string' | 'none'

const kindOf = (reflected: Reflected): Kind => {
  switch (reflected === undefined ? 'nil' : typeOf(reflected.value)) {
    case 'bool':
      return 'bool'
    case 'string':
      return 'string'
    case 'int':
    case 'int64':
    case 'uint8':
      return 'integer'
    case 'float64':
      return 'float'
    case 'complex128':
      return 'complex'
    default:
      return 'none'
  }
}

const comparable = (value: GoValue): string | number | bigint | boolean =>
  typeof value === 'string' || typeof value === 'boolean'
    ? value
    : (integerOf(value) ?? floatOf(value) ?? 0)

const sameValue = (left: GoValue, right: GoValue): boolean =>
  left instanceof GoComplex && right instanceof GoComplex
    ? left.real === right.real && left.imaginary === right.imaginary
    : comparable(left) === comparable(right)

const equalsOne = (left: Reflected, right: Reflected): boolean => {
  const [a, b] = [kindOf(left), kindOf(right)]
  if (left === undefined || right === undefined) return left === right
  if (a !== b) throw incompatible(left.value, right.value)
  if (a !== 'none') return sameValue(left.value, right.value)
  // Maps and lists cannot be compared, with each other least of all.
  if (typeOf(left.value) !== typeOf(right.value))
    throw new FunctionError(
      `non-comparable types ${sprintf('%s', left.value)}: ${typeName(left.value)}, ${typeName(right.value)}: ${sprint(right.value)}`,
    )
  throw new FunctionError(
    `non-comparable type ${sprintf('%s', left.value)}: ${typeName(left.value)}`,
  )
}

const incompatible = (left: GoValue, right: GoValue): FunctionError =>
  new FunctionError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`)

/** Whether the first equals one of the others. */
export const equals = ([first, ...others]: readonly Reflected[]): boolean => {
  if (others.length === 0) throw new FunctionError('missing argument for comparison')
  const left = unboxed(first)
  return others.some((other) => equalsOne(left, unboxed(other)))
}

export const isLess = (first: Reflected, second: Reflected): boolean => {
  const [left, right] = [unboxed(first), unboxed(second)]
  const [a, b] = [kindOf(left), kindOf(right)]
  if (a === 'none' || b === 'none') throw new FunctionError('invalid type for comparison')
  if (a !== b) throw incompatible(left!.value, right!.value)
  if (a === 'bool' || a === 'complex') throw new FunctionError('invalid type for comparison')
  return comparable(left!.value) < comparable(right!.value)
}

export const isLessOrEqual = (first: Reflected, second: Reflected): boolean =>
  isLess(first, second) || equals([first, second])
