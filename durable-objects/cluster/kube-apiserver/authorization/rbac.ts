// kubernetes: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go
import { append } from '#apimachinery/append.ts'
import { RBAC_GROUP } from '#api/rbac/v1/defaults.ts'
import type { PolicyRule, RoleRef, Subject } from '#api/rbac/v1/role/types.ts'
import type { UserInfo } from '#api/strategy.ts'
import { quote } from '#apimachinery/field-error.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import {
  isResourceRequest,
  type Attributes,
  type Decision,
} from '#kube-apiserver/authorization/attributes.ts'
import { ruleAllows } from '#kube-apiserver/authorization/rules.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

export interface Binding extends KubeObject {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

interface Grant {
  readonly binding: Binding
  readonly subject: Subject
  /** Undefined if the role is not there. */
  readonly rules: readonly PolicyRule[] | undefined
}

const of = (plural: string): string => `${plural}.${RBAC_GROUP}`

export const serviceAccountName = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`

const isSubject = (subject: Subject, user: UserInfo, namespace: string): boolean => {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name
    case 'Group':
      return user.groups.includes(subject.name)
    case 'ServiceAccount': {
      const home = subject.namespace || namespace
      return home !== '' && user.username === serviceAccountName(home, subject.name)
    }
    default:
      return false
  }
}

/** The rules of the role that a binding in `namespace` refers to. */
export const rulesOfRole = (
  reader: Reader,
  { kind, name }: RoleRef,
  namespace: string,
): readonly PolicyRule[] | undefined => {
  const role =
    kind === 'Role'
      ? reader.get(of('roles'), namespace, name)
      : reader.get(of('clusterroles'), '', name)
  if (role === undefined) return undefined
  return (role as KubeObject & { readonly rules?: readonly PolicyRule[] }).rules ?? []
}

/** What bindings give the user in a namespace (or nowhere in particular), cluster-wide ones first. */
function* grantsOf(reader: Reader, user: UserInfo, namespace: string): Generator<Grant> {
  const inNamespace = namespace === '' ? [] : reader.list(of('rolebindings'), { namespace })
  for (const object of [...reader.list(of('clusterrolebindings')), ...inNamespace]) {
    const binding = object as Binding
    const home = binding.metadata.namespace ?? ''
    const subject = binding.subjects?.find((each) => isSubject(each, user, home))
    if (subject !== undefined)
      yield { binding, subject, rules: rulesOfRole(reader, binding.roleRef, home) }
  }
}

const missingRole = ({ kind, name }: RoleRef): string =>
  `${kind === 'Role' ? 'role' : 'clusterrole'}.${RBAC_GROUP} ${quote(name)} not found`

const subjectText = ({ kind, name, namespace }: Subject, home: string): string =>
  kind === 'ServiceAccount'
    ? `${kind} ${quote(`${name}/${namespace || home}`)}`
    : `${kind} ${quote(name)}`

const grantText = ({ binding, subject }: Grant): string => {
  const { name = '', namespace = '' } = binding.metadata
  const { kind, name: role } = binding.roleRef
  const what =
    namespace === ''
      ? `ClusterRoleBinding ${quote(name)}`
      : `RoleBinding ${quote(`${name}/${namespace}`)}`
  return `${what} of ${kind} ${quote(role)} to ${subjectText(subject, namespace)}`
}

const joined = (errors: readonly string[]): string => {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`
}

export const decide = (reader: Reader, user: UserInfo, attributes: Attributes): Decision => {
  const missing: string[] = []
  const namespace = isResourceRequest(attributes) ? attributes.namespace : ''
  for (const grant of grantsOf(reader, user, namespace)) {
    if (grant.rules === undefined) missing.push(missingRole(grant.binding.roleRef))
    else if (grant.rules.some((rule) => ruleAllows(rule, attributes)))
      return { allowed: true, reason: `RBAC: allowed by ${grantText(grant)}` }
  }
  return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${joined(missing)}` }
}

/** All rules that the user has in a namespace, and what kept others from being found. */
export const rulesFor = (
  reader: Reader,
  user: UserInfo,
  namespace: string,
): { readonly rules: readonly PolicyRule[]; readonly error: string } => {
  const rules: PolicyRule[] = []
  const missing: string[] = []
  for (const grant of grantsOf(reader, user, namespace)) {
    if (grant.rules === undefined) missing.push(missingRole(grant.binding.roleRef))
    else append(rules, grant.rules)
  }
  return { rules, error: missing.length === 0 ? '' : joined(missing) }
}
