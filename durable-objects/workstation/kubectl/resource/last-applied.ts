// What was applied stands on the object itself. kubernetes: kubectl pkg/util/apply.go
import { type JsonObject, type JsonValue, own } from '#apimachinery/object.ts'
import { typedJsonLine } from '#kubectl/output/typed.ts'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

const annotationsOf = (object: JsonObject): JsonObject => {
  const metadata = (object['metadata'] ?? {}) as JsonObject
  return (metadata['annotations'] ?? {}) as JsonObject
}

const withAnnotations = (object: JsonObject, annotations: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(object['metadata'] as JsonObject | undefined), annotations },
})

/** What was applied the last time. */
export const lastApplied = (object: JsonObject): string | undefined => {
  const text = own(annotationsOf(object), LAST_APPLIED)
  return typeof text === 'string' ? text : undefined
}

const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const map = value as JsonObject
  return Object.fromEntries(
    Object.keys(map)
      .filter((key) => map[key] !== undefined)
      .sort()
      .map((key) => [key, sorted(map[key]!)]),
  )
}

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** One line, keys sorted, as Go's encoder writes maps. */
export const goJsonLine = (object: JsonObject): string =>
  JSON.stringify(sorted(object)).replace(/[<>&\u2028\u2029]/g, (letter) => ESCAPES[letter]!)

/** The configuration as it is remembered: without what is remembered of it already. kubernetes: GetModifiedConfiguration */
export const modifiedConfiguration = (object: JsonObject): JsonObject => {
  const { [LAST_APPLIED]: _last, ...annotations } = annotationsOf(object)
  return withAnnotations(object, annotations)
}

const configurationOf = (object: JsonObject): string =>
  `${goJsonLine(modifiedConfiguration(object))}\n`

/** The object that remembers what it says. kubernetes: CreateApplyAnnotation */
export const withLastApplied = (object: JsonObject): JsonObject =>
  withAnnotations(object, { ...annotationsOf(object), [LAST_APPLIED]: configurationOf(object) })

/** The same of an object that has one of Go's types. */
export const withTypedLastApplied = (object: JsonObject): JsonObject =>
  withAnnotations(object, {
    ...annotationsOf(object),
    [LAST_APPLIED]: `${typedJsonLine(modifiedTyped(object))}\n`,
  })

/** Without annotations there is no field for them. */
const modifiedTyped = (object: JsonObject): JsonObject => {
  const annotations = annotationsOf(object)
  return Object.keys(annotations).length === 0 ? object : modifiedConfiguration(object)
}

/** The object itself as it is remembered. kubernetes: editor.GetApplyPatch */
export const configurationText = (object: JsonObject): string => `${goJsonLine(object)}\n`

/** A merge patch that makes an object remember this one. */
export const applyAnnotationPatch = (object: JsonObject): string =>
  goJsonLine({ metadata: { annotations: { [LAST_APPLIED]: configurationText(object) } } })
