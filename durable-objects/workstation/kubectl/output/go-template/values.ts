// What reflect knows of a value beside the value: nothing at all, or that it is seen through an interface.
import {
  floatOf,
  GoComplex,
  integerOf,
  isList,
  isMap,
  sortedKeys,
  typeName,
  type GoValue,
} from '#kubectl/output/go/value.ts'

export interface Reference {
  readonly value: GoValue
  /** It is a member of a list or map, whose type is `interface {}`. */
  readonly boxed: boolean
}

/** Undefined is reflect's zero Value: not even nil. */
export type Reflected = Reference | undefined

export const plainValue = (value: GoValue): Reference => ({ value, boxed: false })

export const boxedValue = (value: GoValue): Reference => ({ value, boxed: true })

/** What an interface holds; what a nil one holds is nothing. go: indirectInterface */
export const unboxed = (value: Reflected): Reflected =>
  value === undefined || value.value === null ? undefined : plainValue(value.value)

export const typeNameOf = ({ value, boxed }: Reference): string =>
  boxed ? 'interface {}' : typeName(value)

/** As an argument of type `interface {}`. */
export const asArgument = (value: Reflected): GoValue => value?.value ?? null

/** go: text/template/exec.go isTrue */
export const isTrue = (reflected: Reflected): boolean => {
  const value = reflected?.value ?? null
  if (value === null) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return value !== ''
  if (isList(value)) return value.length > 0
  if (isMap(value)) return sortedKeys(value).length > 0
  if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0
  return Number(integerOf(value) ?? floatOf(value)) !== 0
}
