import type { PersistentVolumeSpec } from '#api/core/v1/persistent-volume/types.ts'
import type { ObjectMeta, StringMap } from '#apimachinery/object.ts'

export interface VolumeAttachment {
  readonly apiVersion: 'storage.k8s.io/v1'
  readonly kind: 'VolumeAttachment'
  readonly metadata: ObjectMeta
  readonly spec: VolumeAttachmentSpec
  readonly status: VolumeAttachmentStatus
}

export interface VolumeAttachmentSource {
  readonly inlineVolumeSpec?: PersistentVolumeSpec
  readonly persistentVolumeName?: string
}

export interface VolumeAttachmentSpec {
  readonly attacher: string
  readonly nodeName: string
  readonly source: VolumeAttachmentSource
}

export interface VolumeAttachmentStatus {
  readonly attachError?: VolumeError
  readonly attached?: boolean
  readonly attachmentMetadata?: StringMap
  readonly detachError?: VolumeError
}

export interface VolumeError {
  readonly errorCode?: number
  readonly message?: string
  readonly time?: string
}
