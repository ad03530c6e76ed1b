// kubernetes: pkg/registry/core/persistentvolume/strategy.go
import { persistentVolumeDefaults } from '#api/core/v1/persistent-volume/defaults.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import {
  validatePersistentVolume,
  validatePersistentVolumeUpdate,
} from '#api/core/v1/persistent-volume/validation.ts'
import { volumeWarnings } from '#api/core/v1/persistent-volume/warnings.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'

export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  defaults: persistentVolumeDefaults,
  prepareForCreate: (volume, { now }) =>
    assign(volume, { status: { phase: 'Pending', lastPhaseTransitionTime: formatTime(now) } }),
  validate: validatePersistentVolume,
  warningsOnCreate: volumeWarnings,
  prepareForUpdate: (volume, old) => assign(volume, { status: old.status }),
  validateUpdate: validatePersistentVolumeUpdate,
  warningsOnUpdate: volumeWarnings,
  status: {
    prepareForUpdate: (volume, old, { now }) =>
      volume.status.phase === old.status?.phase
        ? volume
        : assign(volume, {
            status: { ...volume.status, lastPhaseTransitionTime: formatTime(now) },
          }),
  },
  hasGeneration: false,
  returnsDeletedObject: true,
}
