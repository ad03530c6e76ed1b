// kubernetes: kubectl pkg/cmd/set/set_subject.go
import type { JsonObject } from '#apimachinery/object.ts'
import {
  groupSubject,
  isSameSubject,
  RBAC_GROUP,
  serviceAccountSubject,
  type Subject,
  userSubject,
} from '#kubectl/commands/rbac.ts'
import {
  ALL_AND_SELECTOR,
  changeObjects,
  foundToSet,
  settingOf,
} from '#kubectl/commands/set/change.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { Info } from '#kubectl/resource/info.ts'

export const setSubject = (run: Invocation): void => {
  const setting = settingOf(run)
  const infos = foundToSet(setting, run.args)
  const subjects = subjectsOf(run, infos)
  changeObjects(setting, infos, (object, info) => withSubjects(object, subjects, info), {
    done: 'subjects updated',
    failed: 'failed to patch subjects to rolebinding:',
  })
}

const subjectsOf = (run: Invocation, infos: readonly Info[]): readonly Subject[] => {
  const { flags } = run
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlFailure(ALL_AND_SELECTOR)
  const [users = [], groups = [], accounts = []] = ['user', 'group', 'serviceaccount'].map((name) =>
    [...new Set(flags.list(name))].toSorted(),
  )
  if (users.length + groups.length + accounts.length === 0)
    throw new KubectlFailure('you must specify at least one value of user, group or serviceaccount')
  const inCluster = infos.some(({ resource: { kind } }) => kind === 'ClusterRoleBinding')
  return [
    ...users.map(userSubject),
    ...groups.map(groupSubject),
    ...accounts.map((text) => {
      const subject = serviceAccountSubject(text, run.namespace)
      if (inCluster && text.startsWith(':'))
        throw new KubectlFailure(
          'serviceaccount must be <namespace>:<name>, namespace must be specified',
        )
      return subject
    }),
  ]
}

const BINDINGS: ReadonlySet<string> = new Set(['RoleBinding', 'ClusterRoleBinding'])

/** Those that are there stay. */
const withSubjects = (
  object: JsonObject,
  added: readonly Subject[],
  { resource: { group, kind } }: Info,
): JsonObject => {
  if (group !== RBAC_GROUP || !BINDINGS.has(kind))
    throw new KubectlFailure(
      'setting subjects is only supported for RoleBinding/ClusterRoleBinding',
    )
  const subjects = (object['subjects'] ?? []) as readonly Subject[]
  const missing = added.filter((one) => !subjects.some((other) => isSameSubject(one, other)))
  return missing.length === 0 ? object : { ...object, subjects: [...subjects, ...missing] }
}
