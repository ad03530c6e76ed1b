// kubernetes: pkg/printers/internalversion/printers.go
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { own, type KubeObject } from '#apimachinery/object.ts'

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

export const isDefaultStorageClass = ({ metadata }: KubeObject): boolean =>
  DEFAULT_CLASS.some((key) => own(metadata.annotations, key) === 'true')

export const storageClassRow: RowPrinter<StorageClass> = (storageClass, { now }) => {
  const { metadata } = storageClass
  return [
    `${metadata.name ?? ''}${isDefaultStorageClass(storageClass) ? ' (default)' : ''}`,
    storageClass.provisioner ?? '',
    storageClass.reclaimPolicy ?? 'Delete',
    storageClass.volumeBindingMode ?? 'Immediate',
    storageClass.allowVolumeExpansion ?? false,
    age(now, metadata.creationTimestamp),
  ]
}

interface CSIDriver extends KubeObject {
  readonly spec?: {
    readonly attachRequired?: boolean
    readonly podInfoOnMount?: boolean
    readonly storageCapacity?: boolean
    readonly requiresRepublish?: boolean
    readonly tokenRequests?: readonly { readonly audience?: string }[]
    readonly volumeLifecycleModes?: readonly string[]
  }
}

export const csiDriverRow: RowPrinter<CSIDriver> = ({ metadata, spec = {} }, { now }) => [
  metadata.name ?? '',
  spec.attachRequired ?? true,
  spec.podInfoOnMount ?? false,
  spec.storageCapacity ?? false,
  spec.tokenRequests === undefined
    ? '<unset>'
    : spec.tokenRequests.map(({ audience }) => audience ?? '').join(','),
  spec.requiresRepublish ?? false,
  (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
  age(now, metadata.creationTimestamp),
]

interface CSINode extends KubeObject {
  readonly spec?: { readonly drivers?: readonly unknown[] }
}

export const csiNodeRow: RowPrinter<CSINode> = ({ metadata, spec }, { now }) => [
  metadata.name ?? '',
  spec?.drivers?.length ?? 0,
  age(now, metadata.creationTimestamp),
]

interface VolumeAttachment extends KubeObject {
  readonly spec?: {
    readonly attacher?: string
    readonly nodeName?: string
    readonly source?: { readonly persistentVolumeName?: string }
  }
  readonly status?: { readonly attached?: boolean }
}

export const volumeAttachmentRow: RowPrinter<VolumeAttachment> = (attachment, { now }) => {
  const { metadata, spec, status } = attachment
  return [
    metadata.name ?? '',
    spec?.attacher ?? '',
    spec?.source?.persistentVolumeName ?? '',
    spec?.nodeName ?? '',
    status?.attached ?? false,
    age(now, metadata.creationTimestamp),
  ]
}

interface VolumeAttributesClass extends KubeObject {
  readonly driverName?: string
}

export const volumeAttributesClassRow: RowPrinter<VolumeAttributesClass> = (object, { now }) => [
  object.metadata.name ?? '',
  object.driverName ?? '',
  age(now, object.metadata.creationTimestamp),
]
