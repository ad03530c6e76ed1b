// kubernetes: pkg/printers/internalversion/printers.go printResourceClaim, printResourceSlice, pkg/registry/resource/*/strategy.go
import { nameAndAge } from '#api/meta/v1/columns.ts'
import { defaultResourceClaim, defaultResourceClaimTemplate } from '#api/resource/v1/defaults.ts'
import type {
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
} from '#api/resource/v1/types.ts'
import {
  validateDeviceClass,
  validateResourceClaim,
  validateResourceClaimTemplate,
  validateResourceClaimTemplateUpdate,
  validateResourceClaimUpdate,
  validateResourceSlice,
  validateResourceSliceUpdate,
} from '#api/resource/v1/validation.ts'
import { kind, type KindBehaviour, type RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { assign } from '#apimachinery/object.ts'

const stateOf = ({ metadata, status }: ResourceClaim): string => {
  const deleted = metadata.deletionTimestamp !== undefined
  const states = deleted ? ['deleted'] : []
  if (status?.allocation !== undefined) {
    states.push('allocated')
    if ((status.reservedFor?.length ?? 0) > 0) states.push('reserved')
  } else if (!deleted) states.push('pending')
  return states.join(',')
}

const resourceClaimRow: RowPrinter<ResourceClaim> = (claim, { now }) => [
  claim.metadata.name ?? '',
  stateOf(claim),
  age(now, claim.metadata.creationTimestamp),
]

const resourceSliceRow: RowPrinter<ResourceSlice> = ({ metadata, spec }, { now }) => [
  metadata.name ?? '',
  spec?.nodeName ?? '',
  spec?.driver ?? '',
  spec?.pool?.name ?? '',
  age(now, metadata.creationTimestamp),
]

export const resourceKinds: Readonly<Record<string, KindBehaviour>> = {
  'deviceclasses.resource.k8s.io': kind<DeviceClass>({
    strategy: {
      validate: validateDeviceClass,
      validateUpdate: validateDeviceClass,
      returnsDeletedObject: true,
    },
    row: nameAndAge,
  }),
  'resourceclaims.resource.k8s.io': kind<ResourceClaim>({
    strategy: {
      hasGeneration: false,
      defaults: defaultResourceClaim,
      prepareForCreate: (claim) => assign(claim, { status: {} }),
      validate: validateResourceClaim,
      validateUpdate: validateResourceClaimUpdate,
      returnsDeletedObject: true,
    },
    row: resourceClaimRow,
  }),
  'resourceclaimtemplates.resource.k8s.io': kind<ResourceClaimTemplate>({
    strategy: {
      hasGeneration: false,
      defaults: defaultResourceClaimTemplate,
      validate: validateResourceClaimTemplate,
      validateUpdate: validateResourceClaimTemplateUpdate,
      returnsDeletedObject: true,
    },
    row: nameAndAge,
  }),
  'resourceslices.resource.k8s.io': kind<ResourceSlice>({
    strategy: {
      validate: validateResourceSlice,
      validateUpdate: validateResourceSliceUpdate,
      returnsDeletedObject: true,
      selectableFields: ({ spec }) => ({
        'spec.nodeName': spec?.nodeName ?? '',
        'spec.driver': spec?.driver ?? '',
      }),
    },
    row: resourceSliceRow,
  }),
}
