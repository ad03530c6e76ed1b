// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface LimitRange {
  readonly apiVersion: 'v1'
  readonly kind: 'LimitRange'
  readonly metadata: ObjectMeta
  readonly spec: LimitRangeSpec
}

export interface LimitRangeItem {
  readonly default?: Readonly<Record<string, string>>
  readonly defaultRequest?: Readonly<Record<string, string>>
  readonly max?: Readonly<Record<string, string>>
  readonly maxLimitRequestRatio?: Readonly<Record<string, string>>
  readonly min?: Readonly<Record<string, string>>
  readonly type: string
}

export interface LimitRangeSpec {
  readonly limits: readonly LimitRangeItem[]
}
