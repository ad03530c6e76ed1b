import type {
  PersistentVolume,
  PersistentVolumeSpec,
} from '#api/core/v1/persistent-volume/types.ts'
import type { HostPathVolumeSource } from '#api/core/v1/pod/volume-types.ts'
import { assign, fill } from '#apimachinery/object.ts'

// The schema's enum leaves out the empty type, which is the default.
const UNCHECKED = '' as NonNullable<HostPathVolumeSource['type']>

/** What absent fields of a source are. kubernetes: SetDefaults_HostPathVolumeSource and the like */
const SOURCES: { readonly [kind in keyof PersistentVolumeSpec]?: object } = {
  hostPath: { type: UNCHECKED },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  iscsi: { iscsiInterface: 'default' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false },
  scaleIO: { fsType: 'xfs', storageMode: 'ThinProvisioned' },
}

const withSource = (spec: PersistentVolumeSpec): PersistentVolumeSpec => {
  let filled = spec
  for (const [kind, defaults] of Object.entries(SOURCES)) {
    const source = spec[kind as keyof PersistentVolumeSpec] as object | undefined
    if (source !== undefined) filled = assign(filled, { [kind]: fill(source, defaults) })
  }
  return filled
}

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolume */
export const persistentVolumeDefaults = (volume: PersistentVolume): PersistentVolume => {
  const spec = fill(volume.spec ?? {}, {
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
  })
  return assign(volume, {
    spec: withSource(spec),
    status: fill(volume.status ?? {}, { phase: 'Pending' }),
  })
}
