// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface IPAddress {
  readonly apiVersion: 'networking.k8s.io/v1'
  readonly kind: 'IPAddress'
  readonly metadata: ObjectMeta
  readonly spec: IPAddressSpec
}

export interface IPAddressSpec {
  readonly parentRef: ParentReference
}

export interface ParentReference {
  readonly group?: string
  readonly name: string
  readonly namespace?: string
  readonly resource: string
}
