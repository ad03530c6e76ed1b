// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Eviction {
  readonly apiVersion: 'policy/v1'
  readonly deleteOptions?: DeleteOptions
  readonly kind: 'Eviction'
  readonly metadata: ObjectMeta
}

export interface DeleteOptions {
  readonly apiVersion: 'v1'
  readonly dryRun?: readonly string[]
  readonly gracePeriodSeconds?: number
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean
  readonly kind: 'DeleteOptions'
  readonly orphanDependents?: boolean
  readonly preconditions?: Preconditions
  readonly propagationPolicy?: string
}

export interface Preconditions {
  readonly resourceVersion?: string
  readonly uid?: string
}
