// kubernetes: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/strategy.go
import type { ClusterRoleBinding } from '#api/rbac/v1/cluster-role-binding/types.ts'
import type { ClusterRole } from '#api/rbac/v1/cluster-role/types.ts'
import { nameAndCreation } from '#api/meta/v1/columns.ts'
import { bindingRow } from '#api/rbac/v1/columns.ts'
import { bindingDefaults } from '#api/rbac/v1/defaults.ts'
import type { RoleBinding } from '#api/rbac/v1/role-binding/types.ts'
import type { Role } from '#api/rbac/v1/role/types.ts'
import {
  validateClusterRole,
  validateClusterRoleBinding,
  validateRole,
  validateRoleBinding,
  validateSameRoleRef,
} from '#api/rbac/v1/validation.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { nameIsPathSegment } from '#apimachinery/validation/names.ts'

const named = { validateName: nameIsPathSegment, allowCreateOnUpdate: true } as const

export const rbacKinds: Readonly<Record<string, KindBehaviour>> = {
  'roles.rbac.authorization.k8s.io': kind<Role>({
    strategy: { ...named, validate: validateRole, validateUpdate: validateRole },
    row: nameAndCreation,
  }),
  'clusterroles.rbac.authorization.k8s.io': kind<ClusterRole>({
    strategy: { ...named, validate: validateClusterRole, validateUpdate: validateClusterRole },
    row: nameAndCreation,
  }),
  'rolebindings.rbac.authorization.k8s.io': kind<RoleBinding>({
    strategy: {
      ...named,
      defaults: bindingDefaults,
      validate: validateRoleBinding,
      validateUpdate: (binding, old) => [
        ...validateRoleBinding(binding),
        ...validateSameRoleRef(binding, old),
      ],
    },
    row: bindingRow,
  }),
  'clusterrolebindings.rbac.authorization.k8s.io': kind<ClusterRoleBinding>({
    strategy: {
      ...named,
      defaults: bindingDefaults,
      validate: validateClusterRoleBinding,
      validateUpdate: (binding, old) => [
        ...validateClusterRoleBinding(binding),
        ...validateSameRoleRef(binding, old),
      ],
    },
    row: bindingRow,
  }),
}
