// kubernetes: apiserver pkg/endpoints/filters/impersonation.go
import type { UserInfo } from '#api/strategy.ts'
import type { ResourceAttributes } from '#kube-apiserver/authorization/attributes.ts'
import type { ApiRequest } from '#kube-apiserver/endpoints/http.ts'

export type Impersonation = NonNullable<ApiRequest['impersonate']>

const AUTHENTICATED = 'system:authenticated'
const UNAUTHENTICATED = 'system:unauthenticated'
const ANONYMOUS = 'system:anonymous'

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

/** The namespace and name of a service account's user name. */
export const serviceAccountOf = (
  username: string,
): { readonly namespace: string; readonly name: string } | undefined => {
  const match = SERVICE_ACCOUNT.exec(username)
  return match === null ? undefined : { namespace: match[1]!, name: match[2]! }
}

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
]

/** What one must be allowed to do in order to act as somebody else. */
export const impersonationChecks = (as: Impersonation): readonly ResourceAttributes[] => {
  const check = (resource: string, name: string, more: Partial<ResourceAttributes> = {}) => ({
    verb: 'impersonate',
    group: '',
    resource,
    subresource: '',
    namespace: '',
    name,
    ...more,
  })
  const account = serviceAccountOf(as.user)
  const group = 'authentication.k8s.io'
  return [
    account === undefined
      ? check('users', as.user)
      : check('serviceaccounts', account.name, { namespace: account.namespace }),
    ...as.groups.map((name) => check('groups', name)),
    ...Object.entries(as.extra ?? {}).flatMap(([key, values]) =>
      values.map((value) => check('userextras', value, { group, subresource: key })),
    ),
    ...(as.uid === undefined ? [] : [check('uids', as.uid, { group })]),
  ]
}

/** Who the request speaks for; groups that everybody of the kind has are added. */
export const impersonatedUser = (as: Impersonation): UserInfo => {
  const account = serviceAccountOf(as.user)
  const given =
    as.groups.length === 0 && account !== undefined
      ? serviceAccountGroups(account.namespace)
      : as.groups
  const everybody = as.user === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED
  const known =
    given.includes(UNAUTHENTICATED) || (as.user !== ANONYMOUS && given.includes(AUTHENTICATED))
  return {
    username: as.user,
    groups: known ? given : [...given, everybody],
    ...(as.uid === undefined ? {} : { uid: as.uid }),
    ...(as.extra === undefined ? {} : { extra: as.extra }),
  }
}
