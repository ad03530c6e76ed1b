// kubernetes: kubectl pkg/cmd/create/{create_rolebinding,create_clusterrolebinding}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { createGenerated, metadataFor } from '#kubectl/commands/create/generated.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

const RBAC = 'rbac.authorization.k8s.io'

const roleRef = (kind: string, name: string): JsonObject => ({ apiGroup: RBAC, kind, name })

const serviceAccount = (text: string): JsonObject => {
  const [namespace = '', name = '', ...more] = text.split(':')
  if (namespace === '' || name === '' || more.length > 0)
    throw new KubectlFailure('serviceaccount must be <namespace>:<name>')
  return { kind: 'ServiceAccount', name, namespace }
}

const subjectsOf = ({ flags }: Invocation): readonly JsonObject[] => [
  ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: RBAC, name })),
  ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: RBAC, name })),
  ...flags.list('serviceaccount').map(serviceAccount),
]

export const roleBinding: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => {
      const [role, clusterRole] = [run.flags.string('role'), run.flags.string('clusterrole')]
      if ((role === '') === (clusterRole === ''))
        throw new KubectlFailure('exactly one of clusterrole or role must be specified')
      return {
        kind: 'RoleBinding',
        apiVersion: `${RBAC}/v1`,
        metadata: metadataFor(run, name),
        subjects: subjectsOf(run),
        roleRef: role === '' ? roleRef('ClusterRole', clusterRole) : roleRef('Role', role),
      }
    },
    'failed to create rolebinding',
  )

export const clusterRoleBinding: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => ({
      kind: 'ClusterRoleBinding',
      apiVersion: `${RBAC}/v1`,
      metadata: { name },
      subjects: subjectsOf(run),
      roleRef: roleRef('ClusterRole', run.flags.string('clusterrole')),
    }),
    'failed to create clusterrolebinding',
  )
