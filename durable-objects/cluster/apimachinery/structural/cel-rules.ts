// x-kubernetes-validations. kubernetes: apiextensions pkg/apiserver/schema/cel/{compilation,validation}.go
import { append } from '#apimachinery/append.ts'
import { located } from '#apimachinery/cel/check.ts'
import { CostError, Evaluator, type Scope } from '#apimachinery/cel/evaluate.ts'
import { parseCel } from '#apimachinery/cel/parser.ts'
import { CelSyntaxError, mentions, type Expression } from '#apimachinery/cel/syntax.ts'
import { CelError, Optional } from '#apimachinery/cel/values.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  OMIT_VALUE,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { checkExpression, checkRule } from '#apimachinery/structural/cel-check.ts'
import { celValue } from '#apimachinery/structural/cel-value.ts'
import { fieldPathOf } from '#apimachinery/structural/field-path.ts'
import {
  additionalOf,
  isEmbedded,
  itemsOf,
  someSchema,
  type JsonSchema,
  type ValidationRule,
} from '#apimachinery/structural/json-schema.ts'
import { correlatedItem } from '#apimachinery/structural/list-type.ts'
import { NO_FIELD } from '#apimachinery/structural/validate-value.ts'

/** kubernetes: apiserver pkg/apis/cel/config.go */
const CALL_LIMIT = 1_000_000
const BUDGET = 10_000_000
const MAX_MESSAGE = 5 * 1024

const rulesOf = (schema: JsonSchema): readonly ValidationRule[] =>
  schema['x-kubernetes-validations'] ?? []

interface Compiled {
  readonly rule: Expression
  readonly message: Expression | undefined
  readonly usesOld: boolean
}

const compiled = new WeakMap<ValidationRule, Compiled | CelSyntaxError>()

const compile = (rule: ValidationRule): Compiled | CelSyntaxError => {
  const known = compiled.get(rule)
  if (known !== undefined) return known
  const made = make(rule)
  compiled.set(rule, made)
  return made
}

const make = ({ rule, messageExpression = '' }: ValidationRule): Compiled | CelSyntaxError => {
  try {
    const expression = parseCel(rule)
    return {
      rule: expression,
      message: messageExpression === '' ? undefined : parseCel(messageExpression),
      usesOld: mentions(expression, 'oldSelf'),
    }
  } catch (error) {
    if (error instanceof CelSyntaxError) return error
    throw error
  }
}

// What a definition may say.

/** A rule as the API server holds it inside, which is how errors show it. */
export const internalRule = (rule: ValidationRule): object => ({
  Rule: rule.rule,
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
})

/** What is wrong with the rules of a schema. */
export const validateRules = (
  schema: JsonSchema,
  path: string,
  isRoot = true,
  uncorrelated?: string,
): readonly FieldError[] => {
  const errors = rulesOf(schema).flatMap((rule, index) =>
    validateRule(rule, schema, {
      path: at(child(path, 'x-kubernetes-validations'), index),
      isRoot,
      uncorrelated,
    }),
  )
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  const inner = uncorrelated ?? (isAtomic ? path : undefined)
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    append(errors, validateRules(property, at(child(path, 'properties'), name), false, inner))
  const additional = additionalOf(schema)
  if (additional !== undefined)
    append(errors, validateRules(additional, child(path, 'additionalProperties'), false, inner))
  const items = itemsOf(schema)
  const isMap = schema['x-kubernetes-list-type'] === 'map'
  if (items !== undefined)
    append(
      errors,
      validateRules(items, child(path, 'items'), false, uncorrelated ?? (isMap ? undefined : path)),
    )
  return errors
}

interface RulePlace {
  readonly path: string
  readonly isRoot: boolean
  readonly uncorrelated: string | undefined
}

const validateRule = (
  rule: ValidationRule,
  schema: JsonSchema,
  { path, isRoot, uncorrelated }: RulePlace,
): readonly FieldError[] => {
  const refuse = (part: string, source: string, error: CelSyntaxError): FieldError =>
    invalidValue(child(path, part), internalRule(rule), located(source, error))
  const isResource = isRoot || isEmbedded(schema)
  const problem = attempt(() =>
    checkRule(parseCel(rule.rule), schema, isResource, rule.optionalOldSelf === true),
  )
  if (problem !== undefined) return [refuse('rule', rule.rule, problem)]
  const { messageExpression = '' } = rule
  const messageProblem =
    messageExpression === ''
      ? undefined
      : attempt(() => checkExpression(parseCel(messageExpression), schema, isResource))
  const errors: FieldError[] =
    messageProblem === undefined
      ? []
      : [refuse('messageExpression', messageExpression, messageProblem)]
  const usesOld = mentions(parseCel(rule.rule), 'oldSelf')
  if (usesOld && uncorrelated !== undefined)
    errors.push(
      invalidValue(
        child(path, 'rule'),
        rule.rule,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`,
      ),
    )
  if (!usesOld && rule.optionalOldSelf !== undefined)
    errors.push(
      invalidValue(
        child(path, 'optionalOldSelf'),
        rule.optionalOldSelf,
        'may not be set if oldSelf is not used in rule',
      ),
    )
  return errors
}

const attempt = (check: () => unknown): CelSyntaxError | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof CelSyntaxError) return error
    throw error
  }
}

// What objects must be.

const known = new WeakMap<JsonSchema, boolean>()

export const hasRules = (schema: JsonSchema): boolean => {
  const answer = known.get(schema)
  if (answer !== undefined) return answer
  const found = someSchema(schema, (one) => rulesOf(one).length > 0)
  known.set(schema, found)
  return found
}

/** The errors of all rules in a schema. */
export const evaluateRules = (
  schema: JsonSchema,
  value: JsonValue,
  old: JsonValue | undefined,
): readonly FieldError[] => {
  const run = new Run()
  run.validate(value, schema, { path: '', old, isRoot: true })
  return run.errors
}

interface Place {
  readonly path: string
  readonly old: JsonValue | undefined
  readonly isRoot: boolean
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldOf = (path: string): string => (path === '' ? NO_FIELD : path)

const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run'

/** How a failed rule is told of without a message expression. */
const messageOf = ({ rule, message = '' }: ValidationRule): string =>
  message === '' ? `failed rule: ${rule.trim()}` : message.trim()

class Run {
  readonly errors: FieldError[] = []
  #budget = BUDGET

  validate(value: JsonValue, schema: JsonSchema, place: Place): void {
    if (value === null || this.#budget < 0 || !hasRules(schema)) return
    for (const rule of rulesOf(schema)) {
      if (this.#budget < 0) return
      this.#apply(rule, value, schema, place)
    }
    for (const nested of schema.allOf ?? []) this.validate(value, nested, place)
    if (Array.isArray(value)) this.#items(value as readonly JsonValue[], schema, place)
    else if (isObject(value)) this.#fields(value, schema, place)
  }

  #items(list: readonly JsonValue[], schema: JsonSchema, { path, old }: Place): void {
    const items = itemsOf(schema)
    if (items === undefined) return
    for (const [index, item] of list.entries())
      this.validate(item, items, {
        path: at(path, index),
        old: correlatedItem(schema, old, item),
        isRoot: false,
      })
  }

  #fields(value: JsonObject, schema: JsonSchema, { path, old }: Place): void {
    const additional = additionalOf(schema)
    const before = isObject(old) ? old : undefined
    for (const key of Object.keys(value)) {
      const property = own(schema.properties, key)
      const inner = property ?? additional
      if (inner === undefined) continue
      this.validate(value[key]!, inner, {
        path: property === undefined ? at(path, key) : child(path, key),
        old: before === undefined ? undefined : own(before, key),
        isRoot: false,
      })
    }
  }

  #apply(rule: ValidationRule, value: JsonValue, schema: JsonSchema, place: Place): void {
    const { path, old, isRoot } = place
    const refuse = (detail: string): void => {
      this.errors.push(invalidValue(fieldOf(path), schema.type ?? '', detail))
    }
    const program = compile(rule)
    if (program instanceof CelSyntaxError)
      return refuse(`rule compile error: ${located(rule.rule, program)}`)
    const isOptional = rule.optionalOldSelf === true
    if (program.usesOld && old === undefined && !isOptional) return
    const isResource = isRoot || isEmbedded(schema)
    const before = old === undefined ? undefined : celValue(old, schema, isResource)
    const names = {
      self: celValue(value, schema, isResource),
      ...(isOptional
        ? { oldSelf: new Optional(before) }
        : before === undefined
          ? {}
          : { oldSelf: before }),
    }
    const text = (rule.message ?? '') === '' ? rule.rule.trim() : rule.message!.trim()
    const outcome = this.#evaluate(program.rule, { names })
    if (outcome === true) return
    if (outcome instanceof CostError) {
      if (this.#budget < 0) return refuse(OUT_OF_BUDGET)
      this.#budget = -1
      return refuse(
        `'${outcome.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`,
      )
    }
    if (outcome instanceof CelError)
      return refuse(
        outcome.message.startsWith('no such overload')
          ? `'${outcome.message}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`
          : `${outcome.message} evaluating rule: ${text}`,
      )
    // what was so before is let be, unless the rule speaks of the change
    if (!program.usesOld && old !== undefined && equal(value, old)) return
    this.errors.push(this.#failure(rule, program, value, schema, path, { names }))
  }

  #evaluate(expression: Expression, scope: Scope): unknown {
    const limit = Math.min(CALL_LIMIT, this.#budget)
    const evaluator = new Evaluator(limit)
    try {
      return evaluator.run(expression, scope)
    } catch (error) {
      if (error instanceof CostError || error instanceof CelError) return error
      throw error
    } finally {
      this.#budget -= limit - evaluator.left
    }
  }

  #failure(
    rule: ValidationRule,
    program: Compiled,
    value: JsonValue,
    schema: JsonSchema,
    path: string,
    scope: Scope,
  ): FieldError {
    const detail = this.#message(program, scope) ?? messageOf(rule)
    const field = fieldOf(withFieldPath(path, rule, schema))
    const isWhole = schema.type === 'object' || schema.type === 'array'
    const shown = isWhole ? OMIT_VALUE : value
    switch (rule.reason) {
      case 'FieldValueForbidden':
        return forbiddenValue(field, detail)
      case 'FieldValueRequired':
        return requiredValue(field, detail)
      case 'FieldValueDuplicate':
        return duplicateValue(field, shown)
      default:
        return invalidValue(field, shown, detail)
    }
  }

  /** What the message expression says, if it says something that can be shown. */
  #message({ message }: Compiled, scope: Scope): string | undefined {
    if (message === undefined) return undefined
    const text = this.#evaluate(message, scope)
    if (typeof text !== 'string') return undefined
    const trimmed = text.trim()
    const isShown = trimmed !== '' && !/[\n\r]/.test(trimmed) && trimmed.length <= MAX_MESSAGE
    return isShown ? trimmed : undefined
  }
}

const withFieldPath = (path: string, { fieldPath = '' }: ValidationRule, schema: JsonSchema) =>
  fieldPath === '' ? path : child(path, fieldPathOf(fieldPath.trim(), schema).text)
