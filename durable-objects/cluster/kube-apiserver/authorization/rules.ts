// kubernetes: pkg/apis/rbac/v1/evaluation_helpers.go, plugin/pkg/auth/authorizer/rbac/rbac.go
import type { PolicyRule } from '#api/rbac/v1/role/types.ts'
import { isResourceRequest, type Attributes } from '#kube-apiserver/authorization/attributes.ts'

/** A list that nothing was put into is null on the wire. */
const has = (list: readonly string[] | null | undefined, wanted: string): boolean =>
  list?.includes('*') === true || list?.includes(wanted) === true

const allowsResource = (
  { resources = [] }: PolicyRule,
  resource: string,
  subresource: string,
): boolean => {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`
  return (
    resources.includes('*') ||
    resources.includes(combined) ||
    (subresource !== '' && resources.includes(`*/${subresource}`))
  )
}

/** `/healthz/*` allows what begins with `/healthz/`. */
const allowsPath = ({ nonResourceURLs = [] }: PolicyRule, path: string): boolean =>
  nonResourceURLs.some(
    (url) =>
      url === '*' ||
      url === path ||
      (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
  )

export const ruleAllows = (rule: PolicyRule, attributes: Attributes): boolean => {
  if (!has(rule.verbs, attributes.verb)) return false
  if (!isResourceRequest(attributes)) return allowsPath(rule, attributes.path)
  const names = rule.resourceNames ?? []
  return (
    has(rule.apiGroups, attributes.group) &&
    allowsResource(rule, attributes.resource, attributes.subresource) &&
    (names.length === 0 || names.includes(attributes.name))
  )
}
