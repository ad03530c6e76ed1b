// Whether an expression makes sense as far as its names go, where nothing is known of what they stand for.
// kubernetes: cel-go checker, common/error.go
import { isFunction } from '#apimachinery/cel/functions.ts'
import { boundBy, macroOf } from '#apimachinery/cel/macros.ts'
import { operators } from '#apimachinery/cel/operators.ts'
import { CelSyntaxError, partsOf, type Expression } from '#apimachinery/cel/syntax.ts'
import { TYPE_NAMES } from '#apimachinery/cel/type-names.ts'

/** What comes out of an expression: a truth value, surely none, or who knows. */
export type Outcome = 'bool' | 'other' | 'dyn'

/** Names of types and libraries. */
export const WORDS: ReadonlySet<string> = new Set([
  ...TYPE_NAMES,
  'sets',
  'optional',
  'math',
  'strings',
  'lists',
  'ip',
  'format',
  'google',
])

const CONTROL: ReadonlySet<string> = new Set(['_&&_', '_||_', '_?_:_', 'has'])
const TESTS = /^(?:_(?:&&|\|\||==|!=|<=|>=|<|>|in)_|!_|has)$/
const ARITHMETIC = /^(?:_[-+*/%]_|-_)$/

export const undeclared = (name: string): string =>
  `undeclared reference to '${name}' (in container '')`

/** Throws a CelSyntaxError at the first name that nobody gave. */
export const checkNames = (expression: Expression, names: Iterable<string>): Outcome =>
  infer(expression, new Set(names))

const infer = (expression: Expression, names: ReadonlySet<string>): Outcome => {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'boolean' ? 'bool' : 'other'
    case 'name':
      if (names.has(expression.name) || WORDS.has(expression.name)) return 'dyn'
      throw new CelSyntaxError(expression.at, undeclared(expression.name))
    case 'call':
      return called(expression, names)
    default:
      for (const part of partsOf(expression)) infer(part, names)
      return expression.kind === 'select' || expression.kind === 'index' ? 'dyn' : 'other'
  }
}

const called = (
  expression: Expression & { readonly kind: 'call' },
  names: ReadonlySet<string>,
): Outcome => {
  const { target, arguments: args } = expression
  if (target !== undefined) infer(target, names)
  const isMacro = macroOf(expression) !== undefined
  const bound = boundBy(expression)
  const inner = bound.length === 0 ? names : new Set([...names, ...bound])
  for (const argument of isMacro && bound.length > 0 ? args.slice(bound.length) : args)
    infer(argument, inner)
  return outcomeOf(expression)
}

/** What a call gives, whatever its arguments are. Throws a CelSyntaxError if there is no such function. */
export const outcomeOf = (expression: Expression & { readonly kind: 'call' }): Outcome => {
  const { name, target, arguments: args } = expression
  const isKnown =
    target !== undefined ||
    macroOf(expression) !== undefined ||
    operators.has(name) ||
    CONTROL.has(name) ||
    isFunction(name)
  if (!isKnown) throw new CelSyntaxError(expression.at, undeclared(name))
  if (TESTS.test(name)) return 'bool'
  return ARITHMETIC.test(name) || (name === 'size' && args.length < 2) ? 'other' : 'dyn'
}

/** An error with the line and the column it stands at. */
export const located = (source: string, { at: position, message }: CelSyntaxError): string => {
  if (position < 0) return message
  const before = source.slice(0, position).split('\n')
  const line = source.split('\n')[before.length - 1] ?? ''
  const column = before.at(-1)!.length
  return `compilation failed: ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`
}
