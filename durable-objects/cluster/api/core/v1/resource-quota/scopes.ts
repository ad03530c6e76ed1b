import type {
  ResourceQuota,
  ScopedResourceSelectorRequirement,
} from '#api/core/v1/resource-quota/types.ts'

export type QuotaScope = ScopedResourceSelectorRequirement

/** All scopes of a quota; every one must hold. kubernetes: resourcequota/controller.go getScopeSelectorsFromQuota */
export const scopesOf = ({ spec }: ResourceQuota): readonly QuotaScope[] => [
  ...(spec?.scopes ?? []).map((scopeName): QuotaScope => ({ scopeName, operator: 'Exists' })),
  ...(spec?.scopeSelector?.matchExpressions ?? []),
]
