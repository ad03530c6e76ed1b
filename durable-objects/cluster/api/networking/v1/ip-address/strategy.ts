// kubernetes: pkg/registry/networking/ipaddress/strategy.go
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import {
  validateIpAddress,
  validateIpAddressUpdate,
} from '#api/networking/v1/ip-address/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { isValidIp } from '#apimachinery/validation/ip.ts'

export const ipAddressStrategy: Strategy<IPAddress> = {
  validateName: isValidIp,
  validate: validateIpAddress,
  validateUpdate: validateIpAddressUpdate,
  hasGeneration: false,
  selectableFields: ({ spec }) => ({
    'spec.parentRef.group': spec.parentRef?.group ?? '',
    'spec.parentRef.resource': spec.parentRef?.resource ?? '',
    'spec.parentRef.namespace': spec.parentRef?.namespace ?? '',
    'spec.parentRef.name': spec.parentRef?.name ?? '',
  }),
}
