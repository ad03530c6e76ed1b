// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface IngressClass {
  readonly apiVersion: 'networking.k8s.io/v1'
  readonly kind: 'IngressClass'
  readonly metadata: ObjectMeta
  readonly spec: IngressClassSpec
}

export interface IngressClassParametersReference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly scope?: string
}

export interface IngressClassSpec {
  readonly controller?: string
  readonly parameters?: IngressClassParametersReference
}
