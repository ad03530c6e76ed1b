// What is asked in CEL. kubernetes: pkg/apis/admissionregistration/validation/validation.go, apiserver pkg/admission/plugin/cel/compile.go
import type { MatchCondition, Variable } from '#api/admissionregistration/v1/shared-types.ts'
import { checkNames, located } from '#apimachinery/cel/check.ts'
import { parseCel } from '#apimachinery/cel/parser.ts'
import { CelSyntaxError } from '#apimachinery/cel/syntax.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  requiredValue,
  tooMany,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateLabelName } from '#apimachinery/validation/metadata.ts'

const MAX_CONDITIONS = 64

/** What an expression may speak of. */
export interface ExpressionNames {
  readonly params: boolean
  readonly authorizer: boolean
  readonly variables: boolean
}

const namesOf = ({ params, authorizer, variables }: ExpressionNames): readonly string[] => [
  'object',
  'oldObject',
  'request',
  'namespaceObject',
  ...(params ? ['params'] : []),
  ...(authorizer ? ['authorizer'] : []),
  ...(variables ? ['variables'] : []),
]

/** Empty if the expression can be evaluated and `isRight` about what comes out. */
export const validateExpression = (
  source: string,
  names: ExpressionNames,
  wants: 'bool' | 'any',
  path: string,
): readonly FieldError[] => {
  try {
    const known = checkNames(parseCel(source), namesOf(names))
    return wants === 'bool' && known === 'other'
      ? [invalidValue(path, source, 'must evaluate to bool')]
      : []
  } catch (error) {
    if (error instanceof CelSyntaxError) return [invalidValue(path, source, located(source, error))]
    throw error
  }
}

export const validateMatchConditions = (
  conditions: readonly MatchCondition[] | undefined,
  params: boolean,
  path: string,
): readonly FieldError[] => {
  const all = conditions ?? []
  return [
    ...(all.length > MAX_CONDITIONS ? [tooMany(path, all.length, MAX_CONDITIONS)] : []),
    ...all.flatMap(({ name = '', expression = '' }, index) => {
      const here = at(path, index)
      const where = child(here, 'expression')
      const names = { params, authorizer: true, variables: false }
      return [
        ...(expression.trim() === ''
          ? [requiredValue(where)]
          : validateExpression(expression.trim(), names, 'bool', where)),
        ...(name === ''
          ? [requiredValue(child(here, 'name'))]
          : validateLabelName(name, child(here, 'name'))),
        ...(name !== '' && all.findIndex((other) => other.name === name) < index
          ? [duplicateValue(child(here, 'name'), name)]
          : []),
      ]
    }),
  ]
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

export const validateVariables = (
  variables: readonly Variable[] | undefined,
  params: boolean,
  path: string,
): readonly FieldError[] =>
  (variables ?? []).flatMap(({ name = '', expression = '' }, index) => {
    const here = at(path, index)
    const where = child(here, 'expression')
    const names = { params, authorizer: true, variables: true }
    return [
      ...(name.trim() === ''
        ? [requiredValue(child(here, 'name'), 'name is not specified')]
        : IDENTIFIER.test(name) && !RESERVED.has(name)
          ? []
          : [invalidValue(child(here, 'name'), name, 'name is not a valid CEL identifier')]),
      ...(expression.trim() === ''
        ? [requiredValue(where, 'expression is not specified')]
        : validateExpression(expression, names, 'any', where)),
    ]
  })
