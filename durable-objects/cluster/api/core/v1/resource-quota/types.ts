// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ResourceQuota {
  readonly apiVersion: 'v1'
  readonly kind: 'ResourceQuota'
  readonly metadata: ObjectMeta
  readonly spec: ResourceQuotaSpec
  readonly status: ResourceQuotaStatus
}

export interface ResourceQuotaSpec {
  readonly hard?: Readonly<Record<string, string>>
  readonly scopeSelector?: ScopeSelector
  readonly scopes?: readonly (
    | 'BestEffort'
    | 'CrossNamespacePodAffinity'
    | 'NotBestEffort'
    | 'NotTerminating'
    | 'PriorityClass'
    | 'Terminating'
    | 'VolumeAttributesClass'
  )[]
}

export interface ResourceQuotaStatus {
  readonly hard?: Readonly<Record<string, string>>
  readonly used?: Readonly<Record<string, string>>
}

export interface ScopeSelector {
  readonly matchExpressions?: readonly ScopedResourceSelectorRequirement[]
}

export interface ScopedResourceSelectorRequirement {
  readonly operator: 'DoesNotExist' | 'Exists' | 'In' | 'NotIn'
  readonly scopeName:
    | 'BestEffort'
    | 'CrossNamespacePodAffinity'
    | 'NotBestEffort'
    | 'NotTerminating'
    | 'PriorityClass'
    | 'Terminating'
    | 'VolumeAttributesClass'
  readonly values?: readonly string[]
}
