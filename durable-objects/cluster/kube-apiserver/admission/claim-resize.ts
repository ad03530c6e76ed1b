// kubernetes: plugin/pkg/admission/storage/persistentvolume/resize/admission.go
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { storageClassOf } from '#api/core/v1/storage-validation.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import { own, type KubeObject } from '#apimachinery/object.ts'
import { compareQuantity, quantityOf, type Quantity } from '#apimachinery/quantity.ts'
import {
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

const sizeOf = ({ spec }: PersistentVolumeClaim): Quantity =>
  quantityOf(own(spec.resources?.requests, 'storage') ?? '0')

const mayGrow = (reader: Reader, claim: PersistentVolumeClaim, old: PersistentVolumeClaim) => {
  const name = storageClassOf(claim)
  if (name === '' || name !== storageClassOf(old)) return false
  const found: KubeObject | undefined = reader.get('storageclasses.storage.k8s.io', '', name)
  return (found as StorageClass | undefined)?.allowVolumeExpansion === true
}

/** Claims grow only if who made their volume can make it larger. */
export const persistentVolumeClaimResize = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate: (request) => {
    if (!isWrite(request) || request.operation !== 'UPDATE' || request.subresource !== undefined)
      return
    const claim = request.object as PersistentVolumeClaim
    const old = request.old as PersistentVolumeClaim | undefined
    if (old === undefined || compareQuantity(sizeOf(claim), sizeOf(old)) <= 0) return
    if (old.status?.phase !== 'Bound')
      throw refuse(request, 'Only bound persistent volume claims can be expanded')
    if (!mayGrow(reader, claim, old))
      throw refuse(
        request,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      )
  },
})
