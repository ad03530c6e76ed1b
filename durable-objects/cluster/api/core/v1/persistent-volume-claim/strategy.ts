// kubernetes: pkg/registry/core/persistentvolumeclaim/strategy.go
import { persistentVolumeClaimDefaults } from '#api/core/v1/persistent-volume-claim/defaults.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimUpdate,
} from '#api/core/v1/persistent-volume-claim/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

export const persistentVolumeClaimStrategy: Strategy<PersistentVolumeClaim> = {
  defaults: persistentVolumeClaimDefaults,
  prepareForCreate: (claim) => assign(claim, { status: { phase: 'Pending' } }),
  validate: validatePersistentVolumeClaim,
  prepareForUpdate: (claim, old) => assign(claim, { status: old.status }),
  validateUpdate: validatePersistentVolumeClaimUpdate,
  hasGeneration: false,
  returnsDeletedObject: true,
  selectableFields: ({ metadata }) => ({ name: metadata.name ?? '' }),
}
