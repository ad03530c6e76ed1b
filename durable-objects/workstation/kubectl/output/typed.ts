// Objects as Go's types write them: fields in their order, with the zero values that are never left out.
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import { own } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

/** Itself if its kind is unknown. Throws what does not fit its type. */
export const asTyped = (object: JsonObject): JsonObject => {
  const [apiVersion, kind] = [String(own(object, 'apiVersion')), String(own(object, 'kind'))]
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const schema = schemaForKind(group, apiVersion.slice(slash + 1), kind)
  if (schema === undefined) return object
  const { kind: _kind, apiVersion: _version, ...fields } = decoded(object, schema)
  return { kind, apiVersion, ...fields }
}

const decoded = (object: JsonObject, schema: Schema): JsonObject => {
  try {
    return decode(object, schema).object
  } catch (error) {
    if (error instanceof DecodeError) throw new KubectlFailure(error.message)
    throw error
  }
}

const escaped = (text: string): string =>
  text.replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** One line, in the order of the fields. */
export const typedJsonLine = (object: JsonObject): string => escaped(JSON.stringify(object))

/** `-o json` */
export const printTypedJson = (object: JsonObject): string =>
  `${escaped(JSON.stringify(object, undefined, 4))}\n`
