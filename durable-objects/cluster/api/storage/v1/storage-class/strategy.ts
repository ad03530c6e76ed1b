// kubernetes: pkg/registry/storage/storageclass/strategy.go, pkg/apis/storage/v1/defaults.go
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import {
  validateStorageClass,
  validateStorageClassUpdate,
} from '#api/storage/v1/storage-class/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { fill } from '#apimachinery/object.ts'

export const storageClassStrategy: Strategy<StorageClass> = {
  defaults: (storageClass) =>
    fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  returnsDeletedObject: true,
}
