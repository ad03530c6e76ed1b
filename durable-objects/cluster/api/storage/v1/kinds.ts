import { nameAndCreation } from '#api/meta/v1/columns.ts'
import {
  csiDriverRow,
  csiNodeRow,
  storageClassRow,
  volumeAttachmentRow,
  volumeAttributesClassRow,
} from '#api/storage/v1/columns.ts'
import { storageClassStrategy } from '#api/storage/v1/storage-class/strategy.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

const ungenerated = { hasGeneration: false } as const

export const storageKinds: Readonly<Record<string, KindBehaviour>> = {
  'storageclasses.storage.k8s.io': kind<StorageClass>({
    strategy: storageClassStrategy,
    row: storageClassRow,
  }),
  'csidrivers.storage.k8s.io': kind({ strategy: ungenerated, row: csiDriverRow }),
  'csinodes.storage.k8s.io': kind({ strategy: ungenerated, row: csiNodeRow }),
  'csistoragecapacities.storage.k8s.io': kind({ row: nameAndCreation }),
  'volumeattachments.storage.k8s.io': kind({ strategy: ungenerated, row: volumeAttachmentRow }),
  'volumeattributesclasses.storage.k8s.io': kind({ row: volumeAttributesClassRow }),
}
