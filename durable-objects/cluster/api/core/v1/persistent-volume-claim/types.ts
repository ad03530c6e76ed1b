// Made from the API's facts by scripts/generate-types.mjs.
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ModifyVolumeStatus {
  readonly status: 'InProgress' | 'Infeasible' | 'Pending'
  readonly targetVolumeAttributesClassName?: string
}

export interface PersistentVolumeClaim {
  readonly apiVersion: 'v1'
  readonly kind: 'PersistentVolumeClaim'
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
  readonly status: PersistentVolumeClaimStatus
}

export interface PersistentVolumeClaimCondition {
  readonly lastProbeTime?: string
  readonly lastTransitionTime?: string
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly (
    | 'ReadOnlyMany'
    | 'ReadWriteMany'
    | 'ReadWriteOnce'
    | 'ReadWriteOncePod'
  )[]
  readonly dataSource?: TypedLocalObjectReference
  readonly dataSourceRef?: TypedObjectReference
  readonly resources: VolumeResourceRequirements
  readonly selector?: LabelSelector
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly volumeMode?: 'Block' | 'Filesystem'
  readonly volumeName?: string
}

export interface PersistentVolumeClaimStatus {
  readonly accessModes?: readonly (
    | 'ReadOnlyMany'
    | 'ReadWriteMany'
    | 'ReadWriteOnce'
    | 'ReadWriteOncePod'
  )[]
  readonly allocatedResourceStatuses?: Readonly<
    Record<
      string,
      | 'ControllerResizeInProgress'
      | 'ControllerResizeInfeasible'
      | 'NodeResizeInProgress'
      | 'NodeResizeInfeasible'
      | 'NodeResizePending'
    >
  >
  readonly allocatedResources?: Readonly<Record<string, string>>
  readonly capacity?: Readonly<Record<string, string>>
  readonly conditions?: readonly PersistentVolumeClaimCondition[]
  readonly currentVolumeAttributesClassName?: string
  readonly modifyVolumeStatus?: ModifyVolumeStatus
  readonly phase?: 'Bound' | 'Lost' | 'Pending'
}

export interface PersistentVolumeClaimTemplate {
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
}

export interface PersistentVolumeClaimVolumeSource {
  readonly claimName: string
  readonly readOnly?: boolean
}

export interface TypedLocalObjectReference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
}

export interface TypedObjectReference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface VolumeResourceRequirements {
  readonly limits?: Readonly<Record<string, string>>
  readonly requests?: Readonly<Record<string, string>>
}
