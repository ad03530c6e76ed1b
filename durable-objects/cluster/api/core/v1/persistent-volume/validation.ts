// kubernetes: pkg/apis/core/validation/validation.go ValidatePersistentVolume, ValidatePersistentVolumeUpdate
import type {
  PersistentVolume,
  PersistentVolumeSpec,
} from '#api/core/v1/persistent-volume/types.ts'
import {
  mixesReadWriteOncePod,
  validateAccessModes,
  validateClassName,
  validatePositiveQuantity,
  validateVolumeMode,
} from '#api/core/v1/storage-validation.ts'
import {
  at,
  forbiddenValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal, own } from '#apimachinery/object.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain']
const SOURCES = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'hostPath',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flocker',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof PersistentVolumeSpec)[]

const validateCapacity = (spec: PersistentVolumeSpec): readonly FieldError[] => {
  const capacity = spec.capacity ?? {}
  const names = Object.keys(capacity)
  return [
    ...(names.length === 0 ? [requiredValue('spec.capacity')] : []),
    ...(own(capacity, 'storage') === undefined || names.length > 1
      ? [notSupported('spec.capacity', capacity, ['storage'])]
      : []),
    ...names
      .sort()
      .flatMap((name) => validatePositiveQuantity(capacity[name]!, at('spec.capacity', name))),
  ]
}

const validateSource = (spec: PersistentVolumeSpec): readonly FieldError[] => {
  const [first, ...more] = SOURCES.filter((name) => spec[name] !== undefined)
  if (first === undefined) return [requiredValue('spec', 'must specify a volume type')]
  return more.map((name) =>
    forbiddenValue(`spec.${name}`, 'may not specify more than 1 volume type'),
  )
}

export const validatePersistentVolume = ({ spec }: PersistentVolume): readonly FieldError[] => {
  const modes = spec?.accessModes ?? []
  const policy = spec?.persistentVolumeReclaimPolicy ?? ''
  return [
    ...(modes.length === 0 ? [requiredValue('spec.accessModes')] : []),
    ...validateAccessModes(modes, 'spec.accessModes'),
    ...(mixesReadWriteOncePod(modes)
      ? [forbiddenValue('spec.accessModes', 'may not use ReadWriteOncePod with other access modes')]
      : []),
    ...validateCapacity(spec),
    ...(policy === '' || RECLAIM_POLICIES.includes(policy)
      ? []
      : [notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES)]),
    ...validateSource(spec),
    ...(spec.hostPath?.path === '/' && policy === 'Recycle'
      ? [
          forbiddenValue(
            'spec.persistentVolumeReclaimPolicy',
            "may not be 'recycle' for a hostPath mount of '/'",
          ),
        ]
      : []),
    ...validateClassName(spec.storageClassName, 'spec.storageClassName'),
    ...validateVolumeMode(spec.volumeMode, 'spec.volumeMode'),
  ]
}

export const validatePersistentVolumeUpdate = (
  volume: PersistentVolume,
  old: PersistentVolume,
): readonly FieldError[] => [
  ...validatePersistentVolume(volume),
  ...(SOURCES.some((name) => !equal(volume.spec[name], old.spec[name]))
    ? [
        forbiddenValue(
          'spec.persistentvolumesource',
          'spec.persistentvolumesource is immutable after creation',
        ),
      ]
    : []),
  ...validateImmutable(volume.spec.volumeMode, old.spec.volumeMode, 'spec.volumeMode'),
]
