// kubernetes: pkg/apis/core/validation/validation.go ValidateResourceQuota…
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type { ResourceQuota, ResourceQuotaSpec } from '#api/core/v1/resource-quota/types.ts'
import {
  isQuotaResource,
  validateQuotaResourceName,
  validateResourceQuantity,
} from '#api/core/v1/resource-names.ts'
import {
  at,
  child,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal, type StringMap } from '#apimachinery/object.ts'
import { FIELD_IMMUTABLE } from '#apimachinery/validation/metadata.ts'

const POD_COUNT: ReadonlySet<string> = new Set(['pods'])
const POD_RESOURCES: ReadonlySet<string> = new Set([
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
])
const CLAIM_RESOURCES: ReadonlySet<string> = new Set(['persistentvolumeclaims', 'requests.storage'])

/** Which resources each scope may limit. kubernetes: helper.IsResourceQuotaScopeValidForResource */
const SCOPES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Terminating', POD_RESOURCES],
  ['NotTerminating', POD_RESOURCES],
  ['BestEffort', POD_COUNT],
  ['NotBestEffort', POD_RESOURCES],
  ['PriorityClass', POD_RESOURCES],
  ['CrossNamespacePodAffinity', POD_RESOURCES],
  ['VolumeAttributesClass', CLAIM_RESOURCES],
])

const ONLY_EXISTS: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
])

const validateList = (list: StringMap | undefined, path: string): readonly FieldError[] =>
  Object.keys(list ?? {})
    .sort()
    .flatMap((name) => [
      ...validateQuotaResourceName(name, at(path, name)),
      ...validateResourceQuantity(name, list![name]!, at(path, name)),
    ])

const isUnfit = (scope: string, resource: string): boolean =>
  isQuotaResource(resource) && SCOPES.get(scope)?.has(resource) !== true

const areConflicting = (scopes: readonly string[]): boolean =>
  (scopes.includes('BestEffort') && scopes.includes('NotBestEffort')) ||
  (scopes.includes('Terminating') && scopes.includes('NotTerminating'))

const validateScopes = (spec: ResourceQuotaSpec): readonly FieldError[] => {
  const scopes: readonly string[] = spec.scopes ?? []
  const path = 'spec.scopes'
  const errors = scopes.flatMap((scope) => [
    ...(SCOPES.has(scope) ? [] : [invalidValue(path, scopes, 'unsupported scope')]),
    ...Object.keys(spec.hard ?? {})
      .filter((resource) => isUnfit(scope, resource))
      .map(() => invalidValue(path, scopes, 'unsupported scope applied to resource')),
  ])
  return areConflicting(scopes)
    ? [...errors, invalidValue(path, scopes, 'conflicting scopes')]
    : errors
}

const validateScopeSelector = (spec: ResourceQuotaSpec): readonly FieldError[] => {
  const path = 'spec.scopeSelector.matchExpressions'
  const expressions = spec.scopeSelector?.matchExpressions ?? []
  const errors = expressions.flatMap(({ scopeName, operator, values = [] }) => [
    ...(SCOPES.has(scopeName)
      ? []
      : [invalidValue(child(path, 'scopeName'), scopeName, 'unsupported scope')]),
    ...Object.keys(spec.hard ?? {})
      .filter((resource) => isUnfit(scopeName, resource))
      .map(() =>
        invalidValue(
          path,
          internalForm('ScopeSelector', spec.scopeSelector),
          'unsupported scope applied to resource',
        ),
      ),
    ...(ONLY_EXISTS.has(scopeName) && operator !== 'Exists'
      ? [
          invalidValue(
            child(path, 'operator'),
            operator,
            "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
          ),
        ]
      : []),
    ...validateOperator(operator, values, path),
  ])
  const scopes = expressions.map(({ scopeName }) => scopeName)
  return areConflicting(scopes)
    ? [...errors, invalidValue('spec.scopes', spec.scopes, 'conflicting scopes')]
    : errors
}

const validateOperator = (
  operator: string,
  values: readonly string[],
  path: string,
): readonly FieldError[] => {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [
            requiredValue(
              child(path, 'values'),
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
            ),
          ]
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [
            invalidValue(
              child(path, 'values'),
              values,
              "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
            ),
          ]
    default:
      return [invalidValue(child(path, 'operator'), operator, 'not a valid selector operator')]
  }
}

const validateSpec = (spec: ResourceQuotaSpec): readonly FieldError[] => [
  ...validateList(spec.hard, 'spec.hard'),
  ...validateScopes(spec),
  ...validateScopeSelector(spec),
]

export const validateResourceQuota = (quota: ResourceQuota): readonly FieldError[] => [
  ...validateSpec(quota.spec ?? {}),
  ...validateResourceQuotaStatus(quota),
]

export const validateResourceQuotaStatus = (quota: ResourceQuota): readonly FieldError[] => [
  ...validateList(quota.status?.hard, 'status.hard'),
  ...validateList(quota.status?.used, 'status.used'),
]

export const validateResourceQuotaUpdate = (
  quota: ResourceQuota,
  old: ResourceQuota,
): readonly FieldError[] => {
  const sorted = (scopes: readonly string[] = []): readonly string[] => [...new Set(scopes)].sort()
  return [
    ...validateSpec(quota.spec ?? {}),
    ...(equal(sorted(quota.spec?.scopes), sorted(old.spec?.scopes))
      ? []
      : [invalidValue('spec.scopes', quota.spec?.scopes, FIELD_IMMUTABLE)]),
  ]
}
