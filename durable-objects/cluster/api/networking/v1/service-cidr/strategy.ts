// kubernetes: pkg/registry/networking/servicecidr/strategy.go
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import {
  validateServiceCidr,
  validateServiceCidrUpdate,
} from '#api/networking/v1/service-cidr/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const serviceCidrStrategy: Strategy<ServiceCIDR> = {
  validate: validateServiceCidr,
  validateUpdate: validateServiceCidrUpdate,
  hasGeneration: false,
}
