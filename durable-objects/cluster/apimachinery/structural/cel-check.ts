// Whether a rule makes sense for its schema, as far as its fields and names go.
// kubernetes: cel-go checker; apiextensions pkg/apiserver/schema/cel/compilation.go
import { outcomeOf, undeclared, WORDS } from '#apimachinery/cel/check.ts'
import { boundBy, macroOf } from '#apimachinery/cel/macros.ts'
import { CelSyntaxError, partsOf, type Expression } from '#apimachinery/cel/syntax.ts'
import { fieldSchema, unescapeName } from '#apimachinery/structural/cel-value.ts'
import {
  applied,
  simpleOfLiteral,
  simpleOfSchema,
  type Simple,
} from '#apimachinery/structural/cel-overloads.ts'
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  preservesUnknown,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'

/** What is known of a value: its schema, or else what it is. */
type Known = { readonly schema: JsonSchema; readonly isResource: boolean } | Simple

const simpleOf = (known: Known): Simple =>
  typeof known === 'string' ? known : known.isResource ? 'other' : simpleOfSchema(known.schema)

type Names = ReadonlyMap<string, Known>

/** Throws a CelSyntaxError at the first thing that is not there. */
export const checkExpression = (
  expression: Expression,
  schema: JsonSchema,
  isResource: boolean,
): Known => {
  const self: Known = { schema, isResource }
  return infer(
    expression,
    new Map<string, Known>([
      ['self', self],
      ['oldSelf', self],
    ]),
  )
}

/** The same for a rule, which must be true or false. */
export const checkRule = (
  expression: Expression,
  schema: JsonSchema,
  isResource: boolean,
  hasOptionalOld: boolean,
): void => {
  const self: Known = { schema, isResource }
  const names = new Map<string, Known>([
    ['self', self],
    ['oldSelf', hasOptionalOld ? 'dyn' : self],
  ])
  const known = infer(expression, names)
  const isBool =
    known === 'bool' ||
    known === 'dyn' ||
    (typeof known === 'object' &&
      (known.schema.type === 'boolean' || known.schema.type === undefined))
  if (!isBool) throw new CelSyntaxError(-1, 'cel expression must evaluate to a bool')
}

const infer = (expression: Expression, names: Names): Known => {
  switch (expression.kind) {
    case 'literal':
      return simpleOfLiteral(expression)
    case 'name': {
      const known = names.get(expression.name)
      if (known !== undefined) return known
      if (WORDS.has(expression.name)) return 'dyn'
      throw new CelSyntaxError(expression.at, undeclared(expression.name))
    }
    case 'select':
      return selected(expression, names)
    case 'index':
      infer(expression.key, names)
      return expression.optional ? 'dyn' : element(infer(expression.of, names))
    case 'call':
      return called(expression, names)
    default:
      for (const part of partsOf(expression)) infer(part, names)
      return 'other'
  }
}

const isOpen = (schema: JsonSchema): boolean =>
  isIntOrString(schema) || (preservesUnknown(schema) && schema.type === undefined)

const selected = (expression: Expression & { readonly kind: 'select' }, names: Names): Known => {
  const of = infer(expression.of, names)
  if (of === 'dyn' || expression.optional) return 'dyn'
  const simple = simpleOf(of)
  const type = simple === 'other' && typeof of === 'object' ? of.schema.type : simple
  const no = `type '${type ?? 'dyn'}' does not support field selection`
  if (typeof of === 'string') throw new CelSyntaxError(expression.at, no)
  const { schema, isResource } = of
  if (isOpen(schema)) return 'dyn'
  const additional = additionalOf(schema)
  if (additional !== undefined && !isResource) return { schema: additional, isResource: false }
  if (schema.type !== 'object' && !isResource) throw new CelSyntaxError(expression.at, no)
  const field = fieldSchema(schema, unescapeName(expression.field), isResource)
  if (field === undefined)
    throw new CelSyntaxError(expression.at, `undefined field '${expression.field}'`)
  return { schema: field, isResource: isEmbedded(field) }
}

const element = (of: Known): Known => {
  if (typeof of === 'string') return 'dyn'
  const inner = itemsOf(of.schema) ?? additionalOf(of.schema)
  return inner === undefined ? 'dyn' : { schema: inner, isResource: isEmbedded(inner) }
}

const called = (expression: Expression & { readonly kind: 'call' }, names: Names): Known => {
  const { target, arguments: args } = expression
  const of = target === undefined ? undefined : infer(target, names)
  const isMacro = macroOf(expression) !== undefined
  const bound = boundBy(expression)
  const inner = bound.length === 0 ? names : withBound(names, bound, of ?? 'dyn')
  const types = (isMacro && bound.length > 0 ? args.slice(bound.length) : args).map((argument) =>
    simpleOf(infer(argument, inner)),
  )
  return (target === undefined ? applied(expression, types) : undefined) ?? outcomeOf(expression)
}

/** One variable is a list's item or a map's key; of two the second is the value. */
const withBound = (names: Names, bound: readonly string[], of: Known): Names => {
  const inner = new Map(names)
  const isMap = typeof of === 'object' && of.schema.type === 'object'
  const value = element(of)
  const [first = '', second] = bound
  inner.set(first, second === undefined && !isMap ? value : 'dyn')
  if (second !== undefined) inner.set(second, value)
  return inner
}
