// kubernetes: pkg/api/persistentvolume/util.go GetWarningsForPersistentVolume
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import { termWarnings } from '#api/core/v1/pod/warnings.ts'
import { BETA_CLASS_ANNOTATION } from '#api/core/v1/storage-validation.ts'
import { own } from '#apimachinery/object.ts'

const TERMS = 'spec.nodeAffinity.required.nodeSelectorTerms'

const ANNOTATIONS: readonly (readonly [string, string])[] = [
  [BETA_CLASS_ANNOTATION, 'deprecated since v1.8; use "storageClassName" attribute instead'],
  [
    'volume.beta.kubernetes.io/mount-options',
    'deprecated since v1.31; use "mountOptions" attribute instead',
  ],
]

/** Volume kinds that do nothing any more, with the name upstream gives them. */
const SOURCES: readonly (readonly [keyof PersistentVolume['spec'], string, string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

export const volumeWarnings = ({ metadata, spec }: PersistentVolume): readonly string[] => [
  ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    termWarnings(term, `${TERMS}[${index}]`),
  ),
  ...ANNOTATIONS.filter(([key]) => own(metadata.annotations, key) !== undefined).map(
    ([key, message]) => `metadata.annotations[${key}]: ${message}`,
  ),
  ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
    ? [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      ]
    : []),
  ...SOURCES.filter(([kind]) => spec[kind] !== undefined).map(
    ([, name, message]) => `spec.${name}: ${message}`,
  ),
]
