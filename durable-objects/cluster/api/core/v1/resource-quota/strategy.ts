// kubernetes: pkg/registry/core/resourcequota/strategy.go
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from '#api/core/v1/resource-quota/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const resourceQuotaStrategy: Strategy<ResourceQuota> = {
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  status: { validateUpdate: validateResourceQuotaStatus },
  hasGeneration: false,
  returnsDeletedObject: true,
}
