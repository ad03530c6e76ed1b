// The API's structure, compiled once per isolate from data. One source for decoding, pruning, defaults,
// patches, server-side apply, protobuf, OpenAPI and `explain`.

/** How a value is written on the wire. */
export type SchemaKind =
  | 'object' // fixed fields
  | 'map' // any keys, one kind of value
  | 'list'
  | 'string'
  | 'bytes' // base64 in JSON
  | 'integer'
  | 'number'
  | 'boolean'
  | 'int-or-string'
  | 'quantity'
  | 'time'
  | 'micro-time'
  | 'any' // raw JSON: fieldsV1, RawExtension, JSONSchemaProps' defaults

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
  /** True: Go writes the field even when it is zero (no `omitempty`). */
  readonly keepZero: boolean
  /** True: absent and zero differ (a Go pointer). False and not keepZero: a zero value is the same as absent. */
  readonly pointer: boolean
  /** The schema's `default`, if it says more than the Go zero value. */
  readonly default?: unknown
  /** Position in the Go struct: the order in which fields are written. */
  readonly order: number
}

export interface Schema {
  readonly kind: SchemaKind
  /** The name of the definition (`io.k8s.api.core.v1.Service`) for objects; '' otherwise. */
  readonly name: string
  /** As Go's JSON decoder names the type: `v1.ServicePort`, `[]v1.ServicePort`, `int32`, `map[string]string`. */
  readonly goType: string
  readonly fields?: ReadonlyMap<string, Field>
  /** The element of a list, the value of a map. */
  readonly items?: Schema
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly listKeys?: readonly string[]
  /** 'atomic': server-side apply owns it as a whole. Objects and maps are granular otherwise. */
  readonly mapType?: 'atomic' | 'granular'
  /** Strategic merge patch: `merge`, `replace`, `retainKeys`. */
  readonly patchStrategy?: readonly string[]
  readonly patchMergeKey?: string
  readonly enum?: readonly string[]
  /** `int32`, `int64`, `date-time`, `byte`… */
  readonly format?: string
  /** Keep what no field describes (custom resources). */
  readonly preserveUnknown?: boolean
  /** For 'any': the shapes it may have, one for each JSON type (JSONSchemaPropsOrBool). Others are kept as they are. */
  readonly either?: readonly Schema[]
  /** Custom resources: the schema as given, for validation beyond structure. */
  readonly source?: unknown
}
