// kubernetes: client-go third_party/forked/golang/template/funcs.go
import { JsonPathError } from '#kubectl/output/jsonpath/parse.ts'
import { floatOf, integerOf, typeOf, type GoValue } from '#kubectl/output/go/value.ts'

/** Values of one kind can be compared: whole numbers with whole numbers, not with others. */
const kindOf = (value: GoValue): string => {
  const type = typeOf(value)
  switch (type) {
    case 'nil':
    case 'slice':
    case 'map':
      throw new JsonPathError('invalid type for comparison')
    case 'int64':
      return 'int'
    default:
      return type
  }
}

const comparable = (value: GoValue): string | bigint | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean'
    ? value
    : (integerOf(value) ?? floatOf(value) ?? 0)

const checkKinds = (left: GoValue, right: GoValue): string => {
  const kind = kindOf(left)
  if (kind !== kindOf(right)) throw new JsonPathError('incompatible types for comparison')
  return kind
}

const equals = (left: GoValue, right: GoValue): boolean => {
  checkKinds(left, right)
  return comparable(left) === comparable(right)
}

const less = (left: GoValue, right: GoValue): boolean => {
  if (checkKinds(left, right) === 'bool') throw new JsonPathError('invalid type for comparison')
  return comparable(left) < comparable(right)
}

/** Whether a filter's operator holds. */
export const compareBy = (operator: string, left: GoValue, right: GoValue): boolean => {
  switch (operator) {
    case '<':
      return less(left, right)
    case '>':
      return !(less(left, right) || equals(left, right))
    case '==':
      return equals(left, right)
    case '!=':
      return !equals(left, right)
    case '<=':
      return less(left, right) || equals(left, right)
    case '>=':
      return !less(left, right)
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`)
  }
}
