import { nodeSelectorWarnings } from '#api/core/v1/node/deprecated-labels.ts'
import { nameAndCreation } from '#api/meta/v1/columns.ts'
import {
  csiDriverRow,
  csiNodeRow,
  storageClassRow,
  volumeAttachmentRow,
  volumeAttributesClassRow,
} from '#api/storage/v1/columns.ts'
import { defaultCsiDriver } from '#api/storage/v1/csi-driver/defaults.ts'
import type { CSIDriver } from '#api/storage/v1/csi-driver/types.ts'
import {
  validateCsiDriver,
  validateCsiDriverUpdate,
} from '#api/storage/v1/csi-driver/validation.ts'
import type { CSINode } from '#api/storage/v1/csi-node/types.ts'
import { validateCsiNode, validateCsiNodeUpdate } from '#api/storage/v1/csi-node/validation.ts'
import type { CSIStorageCapacity } from '#api/storage/v1/csi-storage-capacity/types.ts'
import {
  validateCsiStorageCapacity,
  validateCsiStorageCapacityUpdate,
} from '#api/storage/v1/csi-storage-capacity/validation.ts'
import { storageClassStrategy } from '#api/storage/v1/storage-class/strategy.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import type { VolumeAttachment } from '#api/storage/v1/volume-attachment/types.ts'
import {
  validateVolumeAttachment,
  validateVolumeAttachmentUpdate,
} from '#api/storage/v1/volume-attachment/validation.ts'
import type { VolumeAttributesClass } from '#api/storage/v1/volume-attributes-class/types.ts'
import {
  validateVolumeAttributesClass,
  validateVolumeAttributesClassUpdate,
} from '#api/storage/v1/volume-attributes-class/validation.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { assign, freeze } from '#apimachinery/object.ts'

// kubernetes: pkg/registry/storage/*/strategy.go
const NOT_ATTACHED: VolumeAttachment['status'] = freeze({ attached: false })

/** kubernetes: pkg/api/storage/util.go GetWarningsForCSIStorageCapacity */
const capacityWarnings = ({ nodeTopology }: CSIStorageCapacity): readonly string[] =>
  nodeTopology === undefined ? [] : nodeSelectorWarnings(nodeTopology, 'nodeTopology')

export const storageKinds: Readonly<Record<string, KindBehaviour>> = {
  'storageclasses.storage.k8s.io': kind<StorageClass>({
    strategy: storageClassStrategy,
    row: storageClassRow,
  }),
  'csidrivers.storage.k8s.io': kind<CSIDriver>({
    strategy: {
      hasGeneration: false,
      defaults: defaultCsiDriver,
      validate: validateCsiDriver,
      validateUpdate: validateCsiDriverUpdate,
      allowUnconditionalUpdate: false,
      returnsDeletedObject: true,
    },
    row: csiDriverRow,
  }),
  'csinodes.storage.k8s.io': kind<CSINode>({
    strategy: {
      hasGeneration: false,
      validate: validateCsiNode,
      validateUpdate: validateCsiNodeUpdate,
      allowUnconditionalUpdate: false,
      returnsDeletedObject: true,
    },
    row: csiNodeRow,
  }),
  'csistoragecapacities.storage.k8s.io': kind<CSIStorageCapacity>({
    strategy: {
      validate: validateCsiStorageCapacity,
      validateUpdate: validateCsiStorageCapacityUpdate,
      warningsOnCreate: capacityWarnings,
      warningsOnUpdate: capacityWarnings,
      allowUnconditionalUpdate: false,
    },
    row: nameAndCreation,
  }),
  'volumeattachments.storage.k8s.io': kind<VolumeAttachment>({
    strategy: {
      hasGeneration: false,
      prepareForCreate: (attachment) => assign(attachment, { status: NOT_ATTACHED }),
      validate: validateVolumeAttachment,
      validateUpdate: validateVolumeAttachmentUpdate,
      allowUnconditionalUpdate: false,
      returnsDeletedObject: true,
    },
    row: volumeAttachmentRow,
  }),
  'volumeattributesclasses.storage.k8s.io': kind<VolumeAttributesClass>({
    strategy: {
      validate: validateVolumeAttributesClass,
      validateUpdate: validateVolumeAttributesClassUpdate,
      returnsDeletedObject: true,
    },
    row: volumeAttributesClassRow,
  }),
}
