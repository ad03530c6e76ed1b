// kubernetes: plugin/pkg/admission/storage/storageclass/setdefault, plugin/pkg/admission/network/defaultingressclass
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Ingress } from '#api/networking/v1/ingress/types.ts'
import { isDefaultStorageClass } from '#api/storage/v1/columns.ts'
import { assign, own, type KubeObject } from '#apimachinery/object.ts'
import {
  isCreate,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'

const OLD_STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class'
const OLD_INGRESS_CLASS = 'kubernetes.io/ingress.class'
const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class'

/** The name of the newest; of equally new ones the first by name. */
const newest = (classes: readonly KubeObject[]): string | undefined => {
  let found: KubeObject | undefined
  for (const each of classes)
    if (
      found === undefined ||
      (each.metadata.creationTimestamp ?? '') > (found.metadata.creationTimestamp ?? '')
    )
      found = each
  return found?.metadata.name
}

export const defaultStorageClass = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  admit: (request) => {
    const claim = request.object as PersistentVolumeClaim
    const isSet =
      own(claim.metadata.annotations, OLD_STORAGE_CLASS) !== undefined ||
      claim.spec.storageClassName !== undefined
    if (!isCreate(request) || isSet) return claim
    const name = newest(reader.list('storageclasses.storage.k8s.io').filter(isDefaultStorageClass))
    return name === undefined
      ? claim
      : assign(claim, { spec: assign(claim.spec, { storageClassName: name }) })
  },
})

export const defaultIngressClass = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  resources: ['ingresses.networking.k8s.io'],
  admit: (request) => {
    const ingress = request.object as Ingress
    const isSet =
      own(ingress.metadata.annotations, OLD_INGRESS_CLASS) !== undefined ||
      ingress.spec?.ingressClassName !== undefined
    if (!isCreate(request) || isSet) return ingress
    const classes = reader
      .list('ingressclasses.networking.k8s.io')
      .filter(({ metadata }) => own(metadata.annotations, DEFAULT_INGRESS_CLASS) === 'true')
    const name = newest(classes)
    return name === undefined
      ? ingress
      : assign(ingress, { spec: { ...ingress.spec, ingressClassName: name } })
  },
})
