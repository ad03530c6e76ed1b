// Made from the API's facts by scripts/generate-types.mjs.
import type { PolicyRule } from '#api/rbac/v1/role/types.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface AggregationRule {
  readonly clusterRoleSelectors?: readonly LabelSelector[]
}

export interface ClusterRole {
  readonly aggregationRule?: AggregationRule
  readonly apiVersion: 'rbac.authorization.k8s.io/v1'
  readonly kind: 'ClusterRole'
  readonly metadata: ObjectMeta
  readonly rules?: readonly PolicyRule[]
}
