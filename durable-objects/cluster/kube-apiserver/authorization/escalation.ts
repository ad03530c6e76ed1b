// Nobody gives away what they do not have. kubernetes: pkg/registry/rbac/*/policybased, pkg/registry/rbac/validation/policy_comparator.go
import { RBAC_GROUP } from '#api/rbac/v1/defaults.ts'
import type { PolicyRule } from '#api/rbac/v1/role/types.ts'
import { assign, equal, type KubeObject } from '#apimachinery/object.ts'
import { forbidden, notFound } from '#apimachinery/status-error.ts'
import { quote } from '#apimachinery/field-error.ts'
import { isWrite, type AdmissionPlugin } from '#kube-apiserver/admission/plugin.ts'
import { authorizerOver } from '#kube-apiserver/authorization/authorizer.ts'
import { rulesFor, rulesOfRole, type Binding } from '#kube-apiserver/authorization/rbac.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import { groupResourceOf } from '#kube-apiserver/resources.ts'

const orNone = (list: readonly string[] | undefined): readonly (string | undefined)[] =>
  list === undefined || list.length === 0 ? [undefined] : list

/** The rule as rules of one verb on one thing each. kubernetes: BreakdownRule */
const breakDown = (rule: PolicyRule): readonly PolicyRule[] => [
  ...(rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      (rule.verbs ?? []).flatMap((verb) =>
        orNone(rule.resourceNames).map((name) => ({
          apiGroups: [group],
          resources: [resource],
          verbs: [verb],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  ),
  ...(rule.nonResourceURLs ?? []).flatMap((url) =>
    (rule.verbs ?? []).map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })),
  ),
]

const hasAll = (own: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  own.includes('*') || wanted.every((each) => own.includes(each))

const coversResource = (own: readonly string[] = [], wanted: string): boolean =>
  own.includes('*') ||
  own.includes(wanted) ||
  (wanted.includes('/') && own.includes(`*/${wanted.slice(wanted.indexOf('/') + 1)}`))

const coversUrl = (own: readonly string[] = [], wanted: string): boolean =>
  own.some(
    (url) => url === wanted || (url.endsWith('*') && wanted.startsWith(url.replace(/\*+$/, ''))),
  )

/** Whether a rule that one has gives all that a broken down rule gives. */
const covers = (own: PolicyRule, rule: PolicyRule): boolean => {
  if (!hasAll(own.verbs, rule.verbs)) return false
  const [url] = rule.nonResourceURLs ?? []
  if (url !== undefined) return coversUrl(own.nonResourceURLs, url)
  const names = own.resourceNames ?? []
  const wanted = rule.resourceNames ?? []
  return (
    hasAll(own.apiGroups, rule.apiGroups) &&
    coversResource(own.resources, rule.resources?.[0] ?? '') &&
    (names.length === 0 || (wanted.length > 0 && wanted.every((name) => names.includes(name))))
  )
}

const without = (rule: PolicyRule): object => ({ ...rule, verbs: [] })

/** Rules that differ in verbs only become one. kubernetes: CompactRules */
const compact = (rules: readonly PolicyRule[]): readonly PolicyRule[] => {
  const result: PolicyRule[] = []
  for (const rule of rules) {
    const index = result.findIndex((each) => equal(without(each), without(rule)))
    if (index < 0) result.push(rule)
    else result[index] = { ...rule, verbs: [...result[index]!.verbs, ...rule.verbs] }
  }
  return result
}

const PARTS = [
  ['APIGroups', 'apiGroups'],
  ['Resources', 'resources'],
  ['NonResourceURLs', 'nonResourceURLs'],
  ['ResourceNames', 'resourceNames'],
  ['Verbs', 'verbs'],
] as const

const list = (values: readonly string[]): string => `[${values.map(quote).join(' ')}]`

/** kubernetes: PolicyRule.CompactString */
const ruleText = (rule: PolicyRule): string =>
  `{${PARTS.flatMap(([word, field]) => {
    const values = rule[field] ?? []
    return values.length === 0 ? [] : [`${word}:${list(values)}`]
  }).join(', ')}}`

const RESOURCES = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map(
  (plural) => `${plural}.${RBAC_GROUP}`,
)

type ClusterRole = KubeObject & {
  readonly rules?: readonly PolicyRule[]
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly object[] }
}

const isBinding = ({ resource }: AdmissionRequest): boolean => resource.name.includes('bindings')

/** What the request would give to somebody. */
const granted = (request: AdmissionRequest, reader: Reader): readonly PolicyRule[] => {
  if (!isBinding(request)) return (request.object as ClusterRole).rules ?? []
  const { roleRef } = request.object as Binding
  const rules = rulesOfRole(reader, roleRef, request.namespace)
  if (rules !== undefined) return rules
  const resource = roleRef.kind === 'Role' ? 'role' : 'clusterrole'
  throw notFound({ group: RBAC_GROUP, resource }, roleRef.name)
}

const FULL_AUTHORITY: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

const isAggregated = (role: ClusterRole | undefined): boolean =>
  (role?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0

/** Whether only what the garbage collector needs is changed. kubernetes: pkg/registry/rbac/helpers.go IsOnlyMutatingGCFields */
const isForCollector = (object: KubeObject, old: KubeObject): boolean => {
  const { ownerReferences, finalizers, managedFields, resourceVersion } = old.metadata
  const kept = { ownerReferences, finalizers, managedFields, resourceVersion }
  return equal({ ...object, metadata: assign(object.metadata, kept) }, old)
}

/** Whether the user may do it all the same: `escalate` roles, `bind` them. */
const isExempt = (request: AdmissionRequest, reader: Reader): boolean => {
  const { user, resource, namespace, object } = request
  if (user.groups.includes('system:masters')) return true
  const { roleRef } = object as Binding
  return authorizerOver(reader).decide(user, {
    verb: isBinding(request) ? 'bind' : 'escalate',
    group: RBAC_GROUP,
    resource: isBinding(request)
      ? roleRef.kind === 'Role'
        ? 'roles'
        : 'clusterroles'
      : resource.plural,
    subresource: '',
    namespace,
    name: isBinding(request) ? roleRef.name : request.name,
  }).allowed
}

/** Throws Forbidden if the rules give what the user does not have. kubernetes: ConfirmNoEscalation */
const confirm = (
  { user, resource, namespace, object }: AdmissionRequest,
  reader: Reader,
  rules: readonly PolicyRule[],
  refusal?: string,
): void => {
  const { rules: own, error } = rulesFor(reader, user, namespace)
  const missing = rules.flatMap(breakDown).filter((rule) => !own.some((each) => covers(each, rule)))
  if (missing.length === 0) return
  const lines = compact(missing).map(ruleText).sort()
  const unresolved = error === '' ? '' : `; resolution errors: [${error}]`
  throw forbidden(
    groupResourceOf(resource),
    object?.metadata.name ?? '',
    refusal ??
      `user ${quote(user.username)} (groups=${list(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${unresolved}`,
  )
}

export const privilegeEscalation = (reader: Reader): AdmissionPlugin => ({
  name: 'RBACPrivilegeEscalation',
  resources: RESOURCES,
  validate: (request) => {
    if (!isWrite(request) || isExempt(request, reader)) return
    const { object, old } = request
    if (old !== undefined && isForCollector(object, old)) return
    confirm(request, reader, granted(request, reader))
    if (isBinding(request) || !(isAggregated(object) || isAggregated(old))) return
    // what is aggregated can be anything
    confirm(
      request,
      reader,
      FULL_AUTHORITY,
      'must have cluster-admin privileges to use the aggregationRule',
    )
  },
})
