// A schema of an OpenAPI document, read with care: documents of custom resources come from outside.
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'

/** What explain could not find. `printed` went out before it was missed. */
export class ExplainError extends Error {
  readonly printed: string

  constructor(message: string, printed = '') {
    super(message)
    this.printed = printed
  }
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object at `key`; undefined if there is none or nothing in it, as a Go template sees it. */
export const objectAt = (node: JsonObject, key: string): JsonObject | undefined => {
  const value = own(node, key)
  return isObject(value) && Object.keys(value).length > 0 ? value : undefined
}

export const textAt = (node: JsonObject, key: string): string => {
  const value = own(node, key)
  return typeof value === 'string' ? value : ''
}

export const listAt = (node: JsonObject, key: string): readonly JsonValue[] => {
  const value = own(node, key)
  return Array.isArray(value) ? value : []
}

/** What `#/components/schemas/NAME` points to in the document. */
export const resolveRef = (document: JsonObject, ref: string): JsonObject | undefined => {
  if (!ref.startsWith('#')) return undefined
  let node: JsonObject = document
  for (const key of ref.slice(1).split('/')) {
    if (key === '') continue
    const next = own(node, key)
    if (!isObject(next)) return undefined
    node = next
  }
  return Object.keys(node).length > 0 ? node : undefined
}

/** As Go walks a map: by the bytes of the keys. */
export const sortedEntries = (
  map: JsonObject | undefined,
): readonly (readonly [string, JsonValue])[] =>
  map === undefined
    ? []
    : Object.keys(map)
        .sort()
        .map((key) => [key, map[key] ?? null] as const)
