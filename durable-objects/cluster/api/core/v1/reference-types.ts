// Made from the API's facts by scripts/generate-types.mjs.

export interface LocalObjectReference {
  readonly name?: string
}

export interface ObjectReference {
  readonly apiVersion?: string
  readonly fieldPath?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly resourceVersion?: string
  readonly uid?: string
}

export interface SecretReference {
  readonly name?: string
  readonly namespace?: string
}
