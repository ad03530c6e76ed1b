// Which requests somebody wants to see. kubernetes: pkg/apis/admissionregistration/validation/validation.go
import type {
  MatchResources,
  NamedRuleWithOperations,
  RuleWithOperations,
} from '#api/admissionregistration/v1/shared-types.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { nameIsPathSegment } from '#apimachinery/validation/names.ts'

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
export const FAILURE_POLICIES: readonly string[] = ['Fail', 'Ignore']
export const MATCH_POLICIES: readonly string[] = ['Equivalent', 'Exact']

type Names = readonly string[]

/** A list of which `*` must be all. */
const validateWildcard = (list: Names, path: string, others: string): readonly FieldError[] =>
  list.length > 1 && list.includes('*')
    ? [invalidValue(path, list, `if '*' is present, must not specify other ${others}`)]
    : []

export const validateRule = (rule: RuleWithOperations, path: string): readonly FieldError[] => {
  const operations: Names = rule.operations ?? []
  const { apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const here = child(path, 'operations')
  return [
    ...(operations.length === 0 ? [requiredValue(here)] : []),
    ...validateWildcard(operations, here, 'operations'),
    ...operations.flatMap((operation, index) =>
      OPERATIONS.includes(operation) ? [] : [notSupported(at(here, index), operation, OPERATIONS)],
    ),
    ...(apiGroups.length === 0 ? [requiredValue(child(path, 'apiGroups'))] : []),
    ...validateWildcard(apiGroups, child(path, 'apiGroups'), 'API groups'),
    ...(apiVersions.length === 0 ? [requiredValue(child(path, 'apiVersions'))] : []),
    ...validateWildcard(apiVersions, child(path, 'apiVersions'), 'API versions'),
    ...apiVersions.flatMap((version, index) =>
      version === '' ? [requiredValue(at(child(path, 'apiVersions'), index))] : [],
    ),
    ...validateResources(resources, child(path, 'resources')),
    ...(scope === undefined || SCOPES.includes(scope)
      ? []
      : [notSupported(child(path, 'scope'), scope, SCOPES)]),
  ]
}

const validateResources = (resources: Names, path: string): readonly FieldError[] => {
  const errors: FieldError[] = resources.length === 0 ? [requiredValue(path)] : []
  const wildSubresources = new Set<string>()
  const wildResources = new Set<string>()
  let hasPlain = false
  for (const [index, text] of resources.entries()) {
    const here = at(path, index)
    if (text === '') {
      errors.push(requiredValue(here))
      continue
    }
    const slash = text.indexOf('/')
    if (slash < 0) {
      hasPlain = text !== '*'
      continue
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)]
    if (wildSubresources.has(resource))
      errors.push(
        invalidValue(here, text, `if '${resource}/*' is present, must not specify ${text}`),
      )
    if (wildResources.has(subresource))
      errors.push(
        invalidValue(here, text, `if '*/${subresource}' is present, must not specify ${text}`),
      )
    if (subresource === '*') wildSubresources.add(resource)
    if (resource === '*') wildResources.add(subresource)
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(
      invalidValue(path, resources, "if '*/*' is present, must not specify other resources"),
    )
  if (resources.includes('*') && hasPlain)
    errors.push(
      invalidValue(
        path,
        resources,
        "if '*' is present, must not specify other resources without subresources",
      ),
    )
  return errors
}

const validateNamedRule = (rule: NamedRuleWithOperations, path: string): readonly FieldError[] => [
  ...(rule.resourceNames ?? []).flatMap((name, index, names) => {
    const here = at(child(path, 'resourceNames'), index)
    return [
      ...nameIsPathSegment(name, false).map((why) => invalidValue(here, name, why)),
      ...(names.indexOf(name) < index ? [duplicateValue(here, name)] : []),
    ]
  }),
  ...validateRule(rule, path),
]

export const validateMatchResources = (
  match: MatchResources | undefined,
  path: string,
): readonly FieldError[] => {
  if (match === undefined) return []
  const { matchPolicy, namespaceSelector, objectSelector } = match
  const rules = (field: 'resourceRules' | 'excludeResourceRules') =>
    (match[field] ?? []).flatMap((rule, index) =>
      validateNamedRule(rule, at(child(path, field), index)),
    )
  return [
    ...validateOneOf(matchPolicy, MATCH_POLICIES, child(path, 'matchPolicy')),
    ...(namespaceSelector === undefined
      ? [requiredValue(child(path, 'namespaceSelector'))]
      : validateLabelSelector(namespaceSelector, child(path, 'namespaceSelector'))),
    ...(objectSelector === undefined
      ? [requiredValue(child(path, 'objectSelector'))]
      : validateLabelSelector(objectSelector, child(path, 'objectSelector'))),
    ...rules('resourceRules'),
    ...rules('excludeResourceRules'),
  ]
}

/** A value that must be one of a few. */
export const validateOneOf = (
  value: string | undefined,
  choices: readonly string[],
  path: string,
): readonly FieldError[] => {
  if (value === undefined) return [requiredValue(path)]
  return choices.includes(value) ? [] : [notSupported(path, value, choices)]
}
