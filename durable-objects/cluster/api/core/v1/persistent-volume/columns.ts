// kubernetes: pkg/printers/internalversion/printers.go printPersistentVolume
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import { accessModesText, storageClassOf } from '#api/core/v1/storage-validation.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const persistentVolumeRow: RowPrinter<PersistentVolume> = (volume, { now }) => {
  const { metadata, spec, status } = volume
  const claim = spec.claimRef
  return [
    metadata.name ?? '',
    spec.capacity?.['storage'] ?? '0',
    accessModesText(spec.accessModes),
    spec.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
    storageClassOf(volume),
    spec.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    age(now, metadata.creationTimestamp),
    spec.volumeMode ?? '<unset>',
  ]
}
