// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Namespace {
  readonly apiVersion: 'v1'
  readonly kind: 'Namespace'
  readonly metadata: ObjectMeta
  readonly spec: NamespaceSpec
  readonly status: NamespaceStatus
}

export interface NamespaceCondition {
  readonly lastTransitionTime?: string
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface NamespaceSpec {
  readonly finalizers?: readonly string[]
}

export interface NamespaceStatus {
  readonly conditions?: readonly NamespaceCondition[]
  readonly phase?: 'Active' | 'Terminating'
}
