import type { RoleRef, Subject } from '#api/rbac/v1/role/types.ts'
import { assign, mapShared, type KubeObject } from '#apimachinery/object.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'

interface Binding extends KubeObject {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

const subjectDefaults = (subject: Subject): Subject =>
  (subject.apiGroup ?? '') === '' && (subject.kind === 'User' || subject.kind === 'Group')
    ? assign(subject, { apiGroup: RBAC_GROUP })
    : subject

/** kubernetes: pkg/apis/rbac/v1/defaults.go */
export const bindingDefaults = <T extends Binding>(binding: T): T => {
  const roleRef: RoleRef | undefined = binding.roleRef
  const { subjects } = binding
  return assign<Binding>(binding, {
    roleRef: (roleRef?.apiGroup ?? '') === '' ? { ...roleRef, apiGroup: RBAC_GROUP } : roleRef,
    ...(subjects === undefined ? {} : { subjects: mapShared(subjects, subjectDefaults) }),
  }) as T
}
