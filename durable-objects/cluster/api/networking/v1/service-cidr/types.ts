// Made from the API's facts by scripts/generate-types.mjs.
import type { Condition } from '#api/meta/v1/shared-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ServiceCIDR {
  readonly apiVersion: 'networking.k8s.io/v1'
  readonly kind: 'ServiceCIDR'
  readonly metadata: ObjectMeta
  readonly spec: ServiceCIDRSpec
  readonly status: ServiceCIDRStatus
}

export interface ServiceCIDRSpec {
  readonly cidrs?: readonly string[]
}

export interface ServiceCIDRStatus {
  readonly conditions?: readonly Condition[]
}
