// Made from the API's facts by scripts/generate-types.mjs.
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ConfigMap {
  readonly apiVersion: 'v1'
  readonly binaryData?: Readonly<Record<string, string>>
  readonly data?: Readonly<Record<string, string>>
  readonly immutable?: boolean
  readonly kind: 'ConfigMap'
  readonly metadata: ObjectMeta
}
