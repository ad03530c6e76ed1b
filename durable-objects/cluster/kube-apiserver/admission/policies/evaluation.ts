// What a policy's expressions say about a request. kubernetes: apiserver pkg/admission/plugin/policy/validating/validator.go, plugin/cel
import type { MatchCondition, Variable } from '#api/admissionregistration/v1/shared-types.ts'
import type {
  ValidatingAdmissionPolicy,
  Validation,
} from '#api/admissionregistration/v1/validating-admission-policy/types.ts'
import { CostError, Evaluator, type Scope } from '#apimachinery/cel/evaluate.ts'
import { parseCel } from '#apimachinery/cel/parser.ts'
import { CelSyntaxError, type Expression } from '#apimachinery/cel/syntax.ts'
import { CelError, mapOf, type Cel, type CelMap } from '#apimachinery/cel/values.ts'
import type { JsonObject, JsonValue, KubeObject } from '#apimachinery/object.ts'
import { celValue } from '#apimachinery/structural/cel-value.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'

const COST_LIMIT = 10_000_000
const MAX_MESSAGE = 5 * 1024
const OPEN = { 'x-kubernetes-preserve-unknown-fields': true } as const

/** Why a request is not to pass. */
export interface Denial {
  readonly message: string
  readonly reason: string
}

const parsed = new Map<string, Expression>()
const KEPT = 1000

const parse = (source: string): Expression => {
  const known = parsed.get(source)
  if (known !== undefined) return known
  const made = parseCel(source)
  if (parsed.size >= KEPT) parsed.clear()
  parsed.set(source, made)
  return made
}

const plain = (value: unknown): Cel =>
  value === undefined ? null : celValue(value as JsonValue, OPEN)

/** kubernetes: plugin/cel CreateAdmissionRequest */
const requestValue = (request: AdmissionRequest): JsonObject => {
  const { resource, operation, namespace, name, subresource, user, dryRun } = request
  const { group, version, kind, plural } = resource
  const resourceName = { group, version, resource: plural }
  const { username, uid, groups, extra } = user
  return {
    kind: { group, version, kind },
    resource: resourceName,
    subResource: subresource ?? '',
    requestKind: { group, version, kind },
    requestResource: resourceName,
    requestSubResource: subresource ?? '',
    name,
    namespace,
    operation,
    userInfo: { username, groups, ...(uid === undefined ? {} : { uid }), ...(extra && { extra }) },
    dryRun,
    options: {},
  }
}

/** Each variable is worked out when an expression asks for it, once. */
const variablesOf = (variables: readonly Variable[], evaluate: (source: string) => Cel): CelMap => {
  const done = new Map<string, Cel>()
  return {
    kind: 'map',
    isObject: true,
    get: (key) => {
      const variable = variables.find(({ name }) => name === key)
      if (variable === undefined) return undefined
      const known = done.get(variable.name)
      if (known !== undefined) return known
      const value = evaluate(variable.expression)
      done.set(variable.name, value)
      return value
    },
    keys: () => variables.map(({ name }) => name),
  }
}

class Evaluation {
  readonly #scope: Scope
  readonly #evaluator = new Evaluator(COST_LIMIT)

  constructor(
    variables: readonly Variable[],
    request: AdmissionRequest,
    params: KubeObject | undefined,
    reader: Reader,
  ) {
    const { namespace, object, old } = request
    const names: Record<string, Cel> = {
      object: plain(object),
      oldObject: plain(old),
      request: plain(requestValue(request)),
      params: plain(params),
      namespaceObject: plain(
        namespace === '' ? undefined : reader.get('namespaces', '', namespace),
      ),
      variables: mapOf([]),
    }
    names['variables'] = variablesOf(variables, (source) => this.run(source))
    this.#scope = { names }
  }

  run(source: string): Cel {
    return this.#evaluator.run(parse(source), this.#scope)
  }

  /** True or false, or why that is not known. */
  test(source: string): boolean | string {
    try {
      return this.run(source) === true
    } catch (error) {
      if (error instanceof CostError) return error.message
      if (error instanceof CelError || error instanceof CelSyntaxError)
        return `expression '${source}' resulted in error: ${error.message}`
      throw error
    }
  }

  text(source: string): string {
    try {
      const value = this.run(source)
      return typeof value === 'string' ? value.trim() : ''
    } catch (error) {
      if (error instanceof CelError || error instanceof CostError) return ''
      throw error
    }
  }
}

const messageOf = (validation: Validation, evaluation: Evaluation): string => {
  const { expression, message = '', messageExpression = '' } = validation
  const made = messageExpression === '' ? '' : evaluation.text(messageExpression)
  if (made !== '' && !/[\n\r]/.test(made) && made.length <= MAX_MESSAGE) return made
  return message === '' ? `failed expression: ${expression.trim()}` : message.trim()
}

/** Whether somebody wants to know of the request; a text says why that is not known. */
export const conditionsHold = (
  conditions: readonly MatchCondition[],
  request: AdmissionRequest,
  reader: Reader,
): boolean | string => {
  if (conditions.length === 0) return true
  const evaluation = new Evaluation([], request, undefined, reader)
  for (const { expression } of conditions) {
    const holds = evaluation.test(expression)
    if (holds !== true) return holds
  }
  return true
}

/** All that a policy has against a request. */
export const denialsOf = (
  policy: ValidatingAdmissionPolicy,
  request: AdmissionRequest,
  params: KubeObject | undefined,
  reader: Reader,
): readonly Denial[] => {
  const { failurePolicy, matchConditions = [], validations = [], variables = [] } = policy.spec
  const evaluation = new Evaluation(variables, request, params, reader)
  const failed = (message: string): readonly Denial[] =>
    failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }]
  for (const { expression } of matchConditions) {
    const holds = evaluation.test(expression)
    if (typeof holds === 'string') return failed(holds)
    if (!holds) return []
  }
  return validations.flatMap((validation) => {
    const holds = evaluation.test(validation.expression)
    if (typeof holds === 'string') return failed(holds)
    return holds
      ? []
      : [{ message: messageOf(validation, evaluation), reason: validation.reason ?? 'Invalid' }]
  })
}
