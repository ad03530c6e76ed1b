// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface Secret {
  readonly apiVersion: 'v1'
  readonly data?: Readonly<Record<string, string>>
  readonly immutable?: boolean
  readonly kind: 'Secret'
  readonly metadata: ObjectMeta
  readonly stringData?: Readonly<Record<string, string>>
  readonly type?: string
}
