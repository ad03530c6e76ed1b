// Made from the API's facts by scripts/generate-types.mjs.
import type { RoleRef, Subject } from '#api/rbac/v1/role/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface RoleBinding {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1'
  readonly kind: 'RoleBinding'
  readonly metadata: ObjectMeta
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}
