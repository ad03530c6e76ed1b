// kubernetes: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go
import { assign } from '#apimachinery/object.ts'
import { isCreate, type AdmissionPlugin } from '#kube-apiserver/admission/plugin.ts'

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
}

/** Volumes and claims in use are not deleted before they are let go. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(FINALIZERS),
  admit: (request) => {
    const { object } = request
    const finalizers = object.metadata.finalizers ?? []
    const finalizer = FINALIZERS[request.resource.name]!
    if (!isCreate(request) || finalizers.includes(finalizer)) return object
    return assign(object, {
      metadata: assign(object.metadata, { finalizers: [...finalizers, finalizer] }),
    })
  },
}
