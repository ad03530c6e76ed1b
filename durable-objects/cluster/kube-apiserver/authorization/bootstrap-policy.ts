// Who may do what in a new cluster. kubernetes: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
import { RBAC_GROUP } from '#api/rbac/v1/defaults.ts'
import type { PolicyRule, RoleRef, Subject } from '#api/rbac/v1/role/types.ts'
import { equal, type KubeObject } from '#apimachinery/object.ts'
import { clusterRoles } from '#kube-apiserver/authorization/cluster-roles.ts'
import { controllerRoles } from '#kube-apiserver/authorization/controller-roles.ts'
import { parsePolicy } from '#kube-apiserver/authorization/policy-text.ts'

export interface PolicyObject {
  readonly resource: string
  readonly object: KubeObject
}

const API_VERSION = `${RBAC_GROUP}/v1`
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }

const object = (kind: string, name: string, parts: object, more: object = {}): PolicyObject => ({
  resource: `${kind.toLowerCase()}s.${RBAC_GROUP}`,
  object: {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, annotations: ANNOTATIONS, labels: LABELS, ...more },
    ...parts,
  },
})

const aggregateTo = (name: string): string => `${RBAC_GROUP}/aggregate-to-${name}`

/** Which of the roles for users are made of which: `admin` holds all of `edit`, that all of `view`. */
const PARTS = {
  view: ['system:aggregate-to-view'],
  edit: ['system:aggregate-to-edit', 'view'],
  admin: ['edit', 'system:aggregate-to-admin'],
} as const

const PART_OF: Readonly<Record<string, string>> = {
  'system:aggregate-to-view': 'view',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-admin': 'admin',
  view: 'edit',
  edit: 'admin',
}

/** The sum of a role's parts, each rule once. kubernetes: pkg/controller/clusterroleaggregation */
const aggregated = (name: string): readonly PolicyRule[] => {
  const parts = (PARTS as Readonly<Record<string, readonly string[]>>)[name]
  if (parts === undefined) return clusterRoles.find((role) => role.name === name)!.rules
  const rules: PolicyRule[] = []
  for (const rule of parts.flatMap(aggregated))
    if (!rules.some((known) => equal(known, rule))) rules.push(rule)
  return rules
}

const labelsOf = (name: string): object => {
  const whole = PART_OF[name]
  return whole === undefined ? {} : { labels: { ...LABELS, [aggregateTo(whole)]: 'true' } }
}

const userRole = (name: string): PolicyObject =>
  object(
    'ClusterRole',
    name,
    {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregateTo(name)]: 'true' } }] },
      rules: aggregated(name),
    },
    labelsOf(name),
  )

const CONTROLLER = 'system:controller:'

const allClusterRoles = (): readonly PolicyObject[] => [
  ...Object.keys(PARTS).map(userRole),
  ...clusterRoles.map(({ name, rules }) => object('ClusterRole', name, { rules }, labelsOf(name))),
  ...controllerRoles.map(({ name, rules }) => object('ClusterRole', CONTROLLER + name, { rules })),
]

const user = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'User', name })
const group = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'Group', name })
const account = (name: string): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace: 'kube-system',
})

const SUBJECTS: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:monitoring': [group('system:monitoring')],
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
}

const binding = (
  kind: 'RoleBinding' | 'ClusterRoleBinding',
  name: string,
  role: string,
  subjects: readonly Subject[],
  more: object = {},
): PolicyObject => {
  const roleRef: RoleRef = {
    apiGroup: RBAC_GROUP,
    kind: kind === 'RoleBinding' ? 'Role' : 'ClusterRole',
    name: role,
  }
  return object(kind, name, { roleRef, ...(subjects.length === 0 ? {} : { subjects }) }, more)
}

const allClusterRoleBindings = (): readonly PolicyObject[] => [
  ...Object.entries(SUBJECTS).map(([name, subjects]) =>
    binding('ClusterRoleBinding', name, name, subjects),
  ),
  ...controllerRoles.map(({ name }) =>
    binding('ClusterRoleBinding', CONTROLLER + name, CONTROLLER + name, [account(name)]),
  ),
]

const systemRoles = parsePolicy(`
extension-apiserver-authentication-reader:
READ | core | configmaps | extension-apiserver-authentication
system::leader-locking-kube-controller-manager:
watch | core | configmaps
get,update | core | configmaps | kube-controller-manager
system::leader-locking-kube-scheduler:
watch | core | configmaps
get,update | core | configmaps | kube-scheduler
system:controller:bootstrap-signer:
READ | core | secrets
system:controller:cloud-provider:
create,get,list,watch | core | configmaps
system:controller:token-cleaner:
delete,get,list,watch | core | secrets
EVENTS
`)

const publicRoles = parsePolicy(`
system:controller:bootstrap-signer:
READ | core | configmaps
update | core | configmaps | cluster-info
EVENTS
`)

const MANAGER = 'kube-controller-manager'
const SCHEDULER = 'kube-scheduler'

const SYSTEM_BINDINGS: readonly (readonly [string, string, readonly Subject[]])[] = [
  [
    'system::extension-apiserver-authentication-reader',
    'extension-apiserver-authentication-reader',
    [user(`system:${MANAGER}`), user(`system:${SCHEDULER}`)],
  ],
  ...[MANAGER, SCHEDULER].map((name): [string, string, readonly Subject[]] => [
    `system::leader-locking-${name}`,
    `system::leader-locking-${name}`,
    [user(`system:${name}`), account(name)],
  ]),
  ...['bootstrap-signer', 'cloud-provider', 'token-cleaner'].map(
    (name): [string, string, readonly Subject[]] => [
      CONTROLLER + name,
      CONTROLLER + name,
      [account(name)],
    ],
  ),
]

const namespaced = (): readonly PolicyObject[] => {
  const system = { namespace: 'kube-system' }
  const open = { namespace: 'kube-public' }
  const signer = `${CONTROLLER}bootstrap-signer`
  return [
    ...systemRoles.map(({ name, rules }) => object('Role', name, { rules }, system)),
    ...publicRoles.map(({ name, rules }) => object('Role', name, { rules }, open)),
    ...SYSTEM_BINDINGS.map(([name, role, subjects]) =>
      binding('RoleBinding', name, role, subjects, system),
    ),
    binding('RoleBinding', signer, signer, [account('bootstrap-signer')], open),
  ]
}

/** All roles and bindings that the API server makes when it starts. */
export const bootstrapPolicy = (): readonly PolicyObject[] => [
  ...allClusterRoles(),
  ...allClusterRoleBindings(),
  ...namespaced(),
]
