// kubernetes: pkg/apis/rbac/validation/validation.go
import { RBAC_GROUP } from '#api/rbac/v1/defaults.ts'
import type { ClusterRole } from '#api/rbac/v1/cluster-role/types.ts'
import type { PolicyRule, Role, RoleRef, Subject } from '#api/rbac/v1/role/types.ts'
import {
  at,
  child,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { nameIsDnsSubdomain, nameIsPathSegment } from '#apimachinery/validation/names.ts'

const isEmpty = (list: readonly string[] | undefined): boolean => (list ?? []).length === 0

const validateRule = (
  rule: PolicyRule,
  namespaced: boolean,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (isEmpty(rule.verbs))
    errors.push(requiredValue(child(path, 'verbs'), 'verbs must contain at least one value'))
  if (!isEmpty(rule.nonResourceURLs)) {
    const urls = (detail: string): FieldError =>
      invalidValue(child(path, 'nonResourceURLs'), rule.nonResourceURLs, detail)
    if (namespaced) errors.push(urls('namespaced rules cannot apply to non-resource URLs'))
    if (!isEmpty(rule.apiGroups) || !isEmpty(rule.resources) || !isEmpty(rule.resourceNames))
      errors.push(urls('rules cannot apply to both regular resources and non-resource URLs'))
    return errors
  }
  if (isEmpty(rule.apiGroups))
    errors.push(
      requiredValue(child(path, 'apiGroups'), 'resource rules must supply at least one api group'),
    )
  if (isEmpty(rule.resources))
    errors.push(
      requiredValue(child(path, 'resources'), 'resource rules must supply at least one resource'),
    )
  return errors
}

const validateRules = (
  rules: readonly PolicyRule[] | undefined,
  namespaced: boolean,
): readonly FieldError[] =>
  (rules ?? []).flatMap((rule, index) => validateRule(rule, namespaced, at('rules', index)))

export const validateRole = (role: Role): readonly FieldError[] => validateRules(role.rules, true)

export const validateClusterRole = (role: ClusterRole): readonly FieldError[] => {
  const errors = [...validateRules(role.rules, false)]
  if (role.aggregationRule === undefined) return errors
  const path = 'aggregationRule.clusterRoleSelectors'
  const selectors = role.aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0)
    errors.push(
      requiredValue(
        path,
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      ),
    )
  return [
    ...errors,
    ...selectors.flatMap((selector, index) => validateLabelSelector(selector, at(path, index))),
  ]
}

interface Binding {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

const validateRoleRef = (roleRef: RoleRef, kinds: readonly string[]): readonly FieldError[] => {
  const { apiGroup = '', kind = '', name = '' } = roleRef ?? {}
  return [
    ...(apiGroup === RBAC_GROUP ? [] : [notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP])]),
    ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...(name === ''
      ? [requiredValue('roleRef.name')]
      : nameIsPathSegment(name, false).map((message) =>
          invalidValue('roleRef.name', name, message),
        )),
  ]
}

const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group']

const validateSubject = (
  subject: Subject,
  namespaced: boolean,
  path: string,
): readonly FieldError[] => {
  const { apiGroup = '', kind = '', name = '', namespace = '' } = subject
  const errors: FieldError[] = []
  if (name === '') errors.push(requiredValue(child(path, 'name')))
  const group = (wanted: string): void => {
    if (apiGroup !== wanted) errors.push(notSupported(child(path, 'apiGroup'), apiGroup, [wanted]))
  }
  if (kind === 'ServiceAccount') {
    if (name !== '')
      for (const message of nameIsDnsSubdomain(name, false))
        errors.push(invalidValue(child(path, 'name'), name, message))
    group('')
    if (!namespaced && namespace === '') errors.push(requiredValue(child(path, 'namespace')))
  } else if (kind === 'User' || kind === 'Group') group(RBAC_GROUP)
  else errors.push(notSupported(child(path, 'kind'), kind, SUBJECT_KINDS))
  return errors
}

const validateBinding = (
  binding: Binding,
  namespaced: boolean,
  kinds: readonly string[],
): readonly FieldError[] => [
  ...validateRoleRef(binding.roleRef, kinds),
  ...(binding.subjects ?? []).flatMap((subject, index) =>
    validateSubject(subject, namespaced, at('subjects', index)),
  ),
]

export const validateRoleBinding = (binding: Binding): readonly FieldError[] =>
  validateBinding(binding, true, ['Role', 'ClusterRole'])

export const validateClusterRoleBinding = (binding: Binding): readonly FieldError[] =>
  validateBinding(binding, false, ['ClusterRole'])

/** The reference is shown as Go writes its internal type: with capitals. */
export const validateSameRoleRef = (binding: Binding, old: Binding): readonly FieldError[] => {
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef
  return equal(binding.roleRef, old.roleRef)
    ? []
    : [
        invalidValue(
          'roleRef',
          { APIGroup: apiGroup, Kind: kind, Name: name },
          'cannot change roleRef',
        ),
      ]
}
