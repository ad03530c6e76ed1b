// kubernetes: kubectl pkg/cmd/create/{create_rolebinding,create_clusterrolebinding}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { createGenerated, metadataFor, named } from '#kubectl/commands/create/generated.ts'
import {
  groupSubject,
  RBAC_GROUP,
  serviceAccountSubject,
  userSubject,
} from '#kubectl/commands/rbac.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

const roleRef = (kind: string, name: string): JsonObject => ({ apiGroup: RBAC_GROUP, kind, name })

const subjectsOf = ({ flags }: Invocation): readonly JsonObject[] => [
  ...flags.list('user').map(userSubject),
  ...flags.list('group').map(groupSubject),
  ...flags.list('serviceaccount').map((text) => serviceAccountSubject(text)),
]

export const roleBinding: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => {
      const [role, clusterRole] = [run.flags.string('role'), run.flags.string('clusterrole')]
      if ((role === '') === (clusterRole === ''))
        throw new KubectlFailure('exactly one of clusterrole or role must be specified')
      return {
        kind: 'RoleBinding',
        apiVersion: `${RBAC_GROUP}/v1`,
        metadata: metadataFor(run, name),
        subjects: subjectsOf(run),
        roleRef: role === '' ? roleRef('ClusterRole', clusterRole) : roleRef('Role', role),
      }
    }),
    'failed to create rolebinding',
  )

export const clusterRoleBinding: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => ({
      kind: 'ClusterRoleBinding',
      apiVersion: `${RBAC_GROUP}/v1`,
      metadata: { name },
      subjects: subjectsOf(run),
      roleRef: roleRef('ClusterRole', run.flags.string('clusterrole')),
    }),
    'failed to create clusterrolebinding',
  )
