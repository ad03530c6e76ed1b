// kubernetes: pkg/apis/networking/validation/validation.go ValidateIngressClass*
import { append } from '#apimachinery/append.ts'
import type {
  IngressClass,
  IngressClassParametersReference,
} from '#api/networking/v1/ingress-class/types.ts'
import { validateReference } from '#api/networking/v1/ingress/validation-paths.ts'
import {
  child,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { invalidEach, validateImmutable } from '#apimachinery/validation/metadata.ts'
import {
  byteLength,
  doesNotMatch,
  isDns1123Subdomain,
  nameIsDnsLabel,
} from '#apimachinery/validation/names.ts'

const CONTROLLER = 'spec.controller'
const MAX_CONTROLLER_LENGTH = 250
const SCOPES = ['Cluster', 'Namespace']
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

export const validateIngressClass = ({ spec }: IngressClass): FieldError[] => {
  const { controller = '', parameters } = spec ?? {}
  const errors: FieldError[] = []
  if (controller === '') errors.push(requiredValue(CONTROLLER))
  else {
    if (byteLength(controller) > MAX_CONTROLLER_LENGTH)
      errors.push(tooLong(CONTROLLER, MAX_CONTROLLER_LENGTH))
    append(errors, validateDomainPrefixedPath(controller, CONTROLLER))
  }
  return parameters === undefined ? errors : [...errors, ...validateParameters(parameters)]
}

export const validateIngressClassUpdate = (
  ingressClass: IngressClass,
  old: IngressClass,
): FieldError[] => [
  ...validateImmutable(ingressClass.spec?.controller ?? '', old.spec?.controller ?? '', CONTROLLER),
  ...validateIngressClass(ingressClass),
]

/** `acme.io/foo`. kubernetes: apimachinery pkg/util/validation/validation.go IsDomainPrefixedPath */
const validateDomainPrefixedPath = (value: string, path: string): FieldError[] => {
  const slash = value.indexOf('/')
  const host = value.slice(0, Math.max(slash, 0))
  const rest = value.slice(slash + 1)
  if (host === '' || rest === '')
    return [invalidValue(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = invalidEach(path, host, isDns1123Subdomain(host))
  if (!new RegExp(`^${HTTP_PATH}$`).test(rest))
    errors.push(invalidValue(path, rest, doesNotMatch('Invalid path', HTTP_PATH)))
  return errors
}

const validateParameters = (parameters: IngressClassParametersReference): FieldError[] => {
  const path = 'spec.parameters'
  const { scope, namespace } = parameters
  const errors = validateReference(parameters, path)
  const namespacePath = child(path, 'namespace')
  if (scope === undefined) errors.push(requiredValue(child(path, 'scope')))
  else if (!SCOPES.includes(scope)) errors.push(notSupported(child(path, 'scope'), scope, SCOPES))
  else if (scope === 'Cluster') {
    if (namespace !== undefined)
      errors.push(forbiddenValue(namespacePath, "`parameters.scope` is set to 'Cluster'"))
  } else if (namespace === undefined)
    errors.push(requiredValue(namespacePath, "`parameters.scope` is set to 'Namespace'"))
  else append(errors, invalidEach(namespacePath, namespace, nameIsDnsLabel(namespace, false)))
  return errors
}
