// kubernetes: pkg/apis/admissionregistration/validation/validation.go ValidateValidatingAdmissionPolicy, ValidateMutatingAdmissionPolicy
import {
  validateExpression,
  validateMatchConditions,
  validateVariables,
} from '#api/admissionregistration/v1/expression-validation.ts'
import type {
  MutatingAdmissionPolicy,
  Mutation,
} from '#api/admissionregistration/v1/mutating-admission-policy/types.ts'
import {
  FAILURE_POLICIES,
  validateMatchResources,
  validateOneOf,
} from '#api/admissionregistration/v1/rule-validation.ts'
import type { ParamKind } from '#api/admissionregistration/v1/shared-types.ts'
import type {
  AuditAnnotation,
  ValidatingAdmissionPolicy,
  Validation,
} from '#api/admissionregistration/v1/validating-admission-policy/types.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateLabelName } from '#apimachinery/validation/metadata.ts'
import { isDns1035Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const MAX_ANNOTATIONS = 20
const MAX_VALUE = 5 * 1024
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const REINVOCATION_POLICIES = ['IfNeeded', 'Never']
const NOTHING = 'validations or auditAnnotations must contain at least one item'

type PolicySpec = ValidatingAdmissionPolicy['spec'] | MutatingAdmissionPolicy['spec']

/** What both kinds of policies say about when they are asked. */
const validateCommon = (spec: PolicySpec): readonly FieldError[] => {
  const { failurePolicy, paramKind, matchConstraints } = spec
  const params = paramKind !== undefined
  return [
    ...validateOneOf(failurePolicy, FAILURE_POLICIES, 'spec.failurePolicy'),
    ...(params ? validateParamKind(paramKind, 'spec.paramKind') : []),
    ...(matchConstraints === undefined
      ? [requiredValue('spec.matchConstraints')]
      : validateMatchResources(matchConstraints, 'spec.matchConstraints')),
    ...(matchConstraints !== undefined && (matchConstraints.resourceRules ?? []).length === 0
      ? [requiredValue('spec.matchConstraints.resourceRules')]
      : []),
    ...validateMatchConditions(spec.matchConditions, params, 'spec.matchConditions'),
    ...validateVariables(spec.variables, params, 'spec.variables'),
  ]
}

const validateParamKind = (
  { apiVersion = '', kind = '' }: ParamKind,
  path: string,
): readonly FieldError[] => {
  const kindMessages = isDns1035Label(kind.toLowerCase())
  return [
    ...validateApiVersion(apiVersion, child(path, 'apiVersion')),
    ...(kind === ''
      ? [requiredValue(child(path, 'kind'))]
      : kindMessages.length > 0
        ? [
            invalidValue(
              child(path, 'kind'),
              kind,
              `may have mixed case, but should otherwise match: ${kindMessages.join(',')}`,
            ),
          ]
        : []),
  ]
}

const validateApiVersion = (apiVersion: string, path: string): readonly FieldError[] => {
  if (apiVersion === '') return [requiredValue(path)]
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/')
  if (parts.length > 2)
    return [invalidValue(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const version = parts.at(-1) ?? ''
  const group = parts.length > 1 ? parts[0]! : ''
  const groupMessages = group === '' ? [] : isDns1123Subdomain(group)
  const versionMessages = isDns1035Label(version)
  return [
    ...(groupMessages.length > 0 ? [invalidValue(path, group, groupMessages.join(','))] : []),
    ...(version === ''
      ? [invalidValue(path, apiVersion, 'version must be specified')]
      : versionMessages.length > 0
        ? [invalidValue(path, version, versionMessages.join(','))]
        : []),
  ]
}

export const validateValidatingPolicy = ({
  metadata,
  spec,
}: ValidatingAdmissionPolicy): readonly FieldError[] => {
  const { validations = [], auditAnnotations = [] } = spec
  const params = spec.paramKind !== undefined
  const variables = (spec.variables ?? []).length > 0
  if (validations.length === 0 && auditAnnotations.length === 0)
    return [
      ...validateCommon(spec),
      requiredValue('spec.validations', NOTHING),
      requiredValue('spec.auditAnnotations', NOTHING),
    ]
  const path = 'spec.auditAnnotations'
  return [
    ...validateCommon(spec),
    ...validations.flatMap((validation, index) =>
      validateValidation(validation, { params, variables }, at('spec.validations', index)),
    ),
    ...(auditAnnotations.length > MAX_ANNOTATIONS
      ? [
          invalidValue(
            path,
            auditAnnotations,
            `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`,
          ),
        ]
      : []),
    ...auditAnnotations.flatMap((annotation, index) => {
      const here = at(path, index)
      const isRepeated = auditAnnotations.findIndex(({ key }) => key === annotation.key) < index
      return [
        ...validateAnnotation(annotation, metadata.name ?? '', { params, variables }, here),
        ...(isRepeated ? [duplicateValue(child(here, 'key'), annotation.key)] : []),
      ]
    }),
  ]
}

interface Context {
  readonly params: boolean
  readonly variables: boolean
}

const validateValidation = (
  { expression = '', message = '', messageExpression = '', reason }: Validation,
  { params, variables }: Context,
  path: string,
): readonly FieldError[] => {
  const where = child(path, 'messageExpression')
  return [
    ...(expression.trim() === ''
      ? [requiredValue(child(path, 'expression'), 'expression is not specified')]
      : validateExpression(
          expression,
          { params, variables, authorizer: true },
          'bool',
          child(path, 'expression'),
        )),
    ...(messageExpression === ''
      ? []
      : messageExpression.trim() === ''
        ? [invalidValue(where, messageExpression, 'must be non-empty if specified')]
        : validateExpression(
            messageExpression,
            { params, variables, authorizer: false },
            'any',
            where,
          )),
    ...validateMessage(message, child(path, 'message')),
    ...(reason === undefined || REASONS.includes(reason)
      ? []
      : [notSupported(child(path, 'reason'), reason, REASONS)]),
  ]
}

const validateMessage = (message: string, path: string): readonly FieldError[] => {
  if (message !== '' && message.trim() === '')
    return [invalidValue(path, message, 'message must be non-empty if specified')]
  return /[\n\r]/.test(message.trim())
    ? [invalidValue(path, message, 'message must not contain line breaks')]
    : []
}

const validateAnnotation = (
  { key = '', valueExpression = '' }: AuditAnnotation,
  policy: string,
  { params, variables }: Context,
  path: string,
): readonly FieldError[] => {
  const where = child(path, 'valueExpression')
  const source = valueExpression.trim()
  return [
    ...validateLabelName(`${policy}/${key}`, child(path, 'key')),
    ...(source === ''
      ? [requiredValue(where, 'valueExpression is not specified')]
      : source.length > MAX_VALUE
        ? [requiredValue(where, `must not exceed ${MAX_VALUE} bytes in length`)]
        : validateExpression(source, { params, variables, authorizer: true }, 'any', where)),
  ]
}

export const validateMutatingPolicy = ({
  spec,
}: MutatingAdmissionPolicy): readonly FieldError[] => {
  const { mutations = [], reinvocationPolicy } = spec
  const context = {
    params: spec.paramKind !== undefined,
    variables: (spec.variables ?? []).length > 0,
  }
  return [
    ...validateCommon(spec),
    ...(mutations.length === 0
      ? [requiredValue('spec.mutations', 'mutations must contain at least one item')]
      : mutations.flatMap((mutation, index) =>
          validateMutation(mutation, context, at('spec.mutations', index)),
        )),
    ...validateOneOf(
      (reinvocationPolicy as string | undefined) === '' ? undefined : reinvocationPolicy,
      REINVOCATION_POLICIES,
      'spec.reinvocationPolicy',
    ),
  ]
}

const FORMS = [
  ['ApplyConfiguration', 'applyConfiguration'],
  ['JSONPatch', 'jsonPatch'],
] as const

const validateMutation = (
  mutation: Mutation,
  { params, variables }: Context,
  path: string,
): readonly FieldError[] => {
  const patchType: string = mutation.patchType ?? ''
  const form = FORMS.find(([name]) => name === patchType)
  const typePath = child(path, 'patchType')
  if (form === undefined)
    return patchType === ''
      ? [requiredValue(typePath)]
      : [
          notSupported(
            typePath,
            patchType,
            FORMS.map(([name]) => name),
          ),
        ]
  const [name, field] = form
  const source = mutation[field]?.expression
  const where = child(path, field)
  const wrong = FORMS.filter(([other, own]) => other !== name && mutation[own] !== undefined)
  return [
    ...wrong.map(([, own]) =>
      invalidValue(
        child(path, own),
        internalExpression(mutation[own]?.expression),
        `must not be specified when patchType is ${name}`,
      ),
    ),
    ...(mutation[field] === undefined
      ? [requiredValue(where, `must be specified when patchType is ${name}`)]
      : (source ?? '').trim() === ''
        ? [requiredValue(child(where, 'expression'), 'expression is not specified')]
        : validateMutationExpression(source!, { params, variables }, child(where, 'expression'))),
  ]
}

/** As upstream's internal type is written, which has no JSON names. */
const internalExpression = (expression = ''): object => ({ Expression: expression })

// an expression of a patch makes objects: `Object{spec: Object.spec{...}}`, which the parser does not read
const validateMutationExpression = (
  source: string,
  { params, variables }: Context,
  path: string,
): readonly FieldError[] =>
  /\b(?:Object|JSONPatch)\b/.test(source)
    ? []
    : validateExpression(source, { params, variables, authorizer: true }, 'any', path)
