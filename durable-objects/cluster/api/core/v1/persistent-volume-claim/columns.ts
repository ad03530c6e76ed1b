// kubernetes: pkg/printers/internalversion/printers.go printPersistentVolumeClaim
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { accessModesText, storageClassOf } from '#api/core/v1/storage-validation.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const persistentVolumeClaimRow: RowPrinter<PersistentVolumeClaim> = (claim, { now }) => {
  const { metadata, spec, status } = claim
  const bound = (spec.volumeName ?? '') !== ''
  return [
    metadata.name ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    spec.volumeName ?? '',
    bound ? (status?.capacity?.['storage'] ?? '0') : '',
    bound ? accessModesText(status?.accessModes) : '',
    storageClassOf(claim),
    spec.volumeAttributesClassName ?? '<unset>',
    age(now, metadata.creationTimestamp),
    spec.volumeMode ?? '<unset>',
  ]
}
