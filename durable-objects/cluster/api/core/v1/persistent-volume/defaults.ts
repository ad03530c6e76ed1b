import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { HostPathVolumeSource } from '#api/core/v1/pod/volume-types.ts'
import { assign, fill } from '#apimachinery/object.ts'

// The schema's enum leaves out the empty type, which is the default.
const UNCHECKED = '' as NonNullable<HostPathVolumeSource['type']>

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolume, SetDefaults_HostPathVolumeSource */
export const persistentVolumeDefaults = (volume: PersistentVolume): PersistentVolume => {
  const spec = fill(volume.spec ?? {}, {
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
  })
  return assign(volume, {
    spec:
      spec.hostPath === undefined
        ? spec
        : assign(spec, { hostPath: fill(spec.hostPath, { type: UNCHECKED }) }),
    status: fill(volume.status ?? {}, { phase: 'Pending' }),
  })
}
