// kubernetes: pkg/apis/admissionregistration/validation/validation.go validateValidatingAdmissionPolicyBindingSpec
import type { MutatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/mutating-admission-policy-binding/types.ts'
import { validateMatchResources } from '#api/admissionregistration/v1/rule-validation.ts'
import type { ParamRef } from '#api/admissionregistration/v1/shared-types.ts'
import type { ValidatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/validating-admission-policy-binding/types.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { invalidEach, validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { isDns1123Subdomain, nameIsPathSegment } from '#apimachinery/validation/names.ts'

const ACTIONS = ['Audit', 'Deny', 'Warn']
const NOT_FOUND_ACTIONS = ['Deny', 'Allow']
const EXCLUSIVE = 'name and selector are mutually exclusive'

const validateCommon = (spec: MutatingAdmissionPolicyBinding['spec']): readonly FieldError[] => {
  const { policyName = '', paramRef, matchResources } = spec
  return [
    ...(policyName === ''
      ? [requiredValue('spec.policyName')]
      : invalidEach('spec.policyName', policyName, isDns1123Subdomain(policyName))),
    ...(paramRef === undefined ? [] : validateParamRef(paramRef, 'spec.paramRef')),
    // upstream's spelling
    ...validateMatchResources(matchResources, 'spec.matchResouces'),
  ]
}

const validateParamRef = (
  { name = '', selector, parameterNotFoundAction = '' }: ParamRef,
  path: string,
): readonly FieldError[] => {
  const action = child(path, 'parameterNotFoundAction')
  const both = name !== '' && selector !== undefined
  return [
    ...(name === '' ? [] : invalidEach(child(path, 'name'), name, nameIsPathSegment(name, false))),
    ...(both ? [forbiddenValue(child(path, 'name'), EXCLUSIVE)] : []),
    ...validateLabelSelector(selector, child(path, 'selector')),
    ...(both ? [forbiddenValue(child(path, 'selector'), EXCLUSIVE)] : []),
    ...(name === '' && selector === undefined
      ? [requiredValue(path, 'one of name or selector must be specified')]
      : []),
    ...(parameterNotFoundAction === ''
      ? [requiredValue(action)]
      : NOT_FOUND_ACTIONS.includes(parameterNotFoundAction)
        ? []
        : [notSupported(action, parameterNotFoundAction, NOT_FOUND_ACTIONS)]),
  ]
}

const validateActions = (actions: readonly string[], path: string): readonly FieldError[] => [
  ...actions.flatMap((action, index) => [
    ...(ACTIONS.includes(action) ? [] : [notSupported(at(path, index), action, ACTIONS)]),
    ...(actions.indexOf(action) < index ? [duplicateValue(at(path, index), action)] : []),
  ]),
  ...(actions.includes('Deny') && actions.includes('Warn')
    ? [
        invalidValue(
          path,
          actions,
          'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
        ),
      ]
    : []),
  ...(actions.length === 0
    ? [requiredValue(path, 'at least one validation action is required')]
    : []),
]

export const validateValidatingBinding = ({
  spec,
}: ValidatingAdmissionPolicyBinding): readonly FieldError[] => [
  ...validateCommon(spec),
  ...validateActions(spec.validationActions ?? [], 'spec.validationActions'),
]

export const validateMutatingBinding = ({
  spec,
}: MutatingAdmissionPolicyBinding): readonly FieldError[] => validateCommon(spec)
