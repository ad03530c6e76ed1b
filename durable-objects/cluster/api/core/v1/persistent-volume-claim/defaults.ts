import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { assign, fill } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaim */
export const persistentVolumeClaimDefaults = (
  claim: PersistentVolumeClaim,
): PersistentVolumeClaim =>
  assign(claim, {
    spec: fill(claim.spec ?? {}, { volumeMode: 'Filesystem' }),
    status: fill(claim.status ?? {}, { phase: 'Pending' }),
  })
