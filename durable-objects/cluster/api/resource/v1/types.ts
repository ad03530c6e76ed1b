// As far as anything is said about them.
import type { KubeObject, ObjectMeta } from '#apimachinery/object.ts'

export interface DeviceSelector {
  readonly cel?: { readonly expression: string }
}

export interface DeviceConfiguration {
  readonly opaque?: { readonly driver: string; readonly parameters?: unknown }
  readonly requests?: readonly string[]
}

/** What is asked for: by itself, or as one of several that would do. */
export interface ExactDeviceRequest {
  readonly allocationMode?: string
  readonly count?: number
  readonly deviceClassName: string
  readonly selectors?: readonly DeviceSelector[]
}

export interface DeviceSubRequest extends ExactDeviceRequest {
  readonly name: string
}

export interface DeviceRequest {
  readonly name: string
  readonly exactly?: ExactDeviceRequest
  readonly firstAvailable?: readonly DeviceSubRequest[]
}

export interface DeviceConstraint {
  readonly distinctAttribute?: string
  readonly matchAttribute?: string
  readonly requests?: readonly string[]
}

export interface ResourceClaimSpec {
  readonly devices?: {
    readonly config?: readonly DeviceConfiguration[]
    readonly constraints?: readonly DeviceConstraint[]
    readonly requests?: readonly DeviceRequest[]
  }
}

export interface ResourceClaim extends KubeObject {
  readonly spec: ResourceClaimSpec
  readonly status?: { readonly allocation?: unknown; readonly reservedFor?: readonly unknown[] }
}

export interface ResourceClaimTemplate extends KubeObject {
  readonly spec: { readonly metadata?: ObjectMeta; readonly spec: ResourceClaimSpec }
}

export interface DeviceClass extends KubeObject {
  readonly spec: {
    readonly config?: readonly DeviceConfiguration[]
    readonly selectors?: readonly DeviceSelector[]
  }
}

export interface ResourceSlice extends KubeObject {
  readonly spec: {
    readonly allNodes?: boolean
    readonly driver?: string
    readonly nodeName?: string
    readonly nodeSelector?: unknown
    readonly perDeviceNodeSelection?: boolean
    readonly pool?: {
      readonly generation?: number
      readonly name?: string
      readonly resourceSliceCount?: number
    }
  }
}
