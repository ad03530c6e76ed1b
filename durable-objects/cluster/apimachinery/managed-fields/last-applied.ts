// Taking over what `kubectl apply` wrote before its user turned to server-side apply.
// kubernetes: apimachinery pkg/util/managedfields/internal/{lastappliedmanager,lastappliedupdater}.go
import {
  assign,
  own,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { compare } from './compare.ts'
import { difference, EMPTY, union, type FieldSet } from './field-set.ts'
import { goJson } from './path-element.ts'
import { isMap, toFieldSet } from './typed.ts'
import { typeError } from './validate.ts'

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
const ANNOTATIONS_LIMIT = 256 * 1024

/** Only kubectl takes over; who names another manager has opted out. */
export const TAKES_OVER = 'kubectl'

const lastAppliedOf = (object: KubeObject): string | undefined => {
  const text = own(object.metadata.annotations, ANNOTATION)
  return text === '' ? undefined : text
}

/** The paths at which the live object still is what `kubectl apply` last wrote. */
export const ownedByLastApplied = (live: KubeObject, schema: Schema): FieldSet => {
  const text = lastAppliedOf(live)
  const last = text === undefined ? undefined : parse(text)
  if (last === undefined || last['apiVersion'] !== live.apiVersion) return EMPTY
  if (typeError(last, schema) !== undefined) return EMPTY
  const { added, modified, removed } = compare(last, live as unknown as JsonObject, schema)
  return difference(toFieldSet(last, schema), union(union(modified, added), removed))
}

const parse = (text: string): JsonObject | undefined => {
  try {
    const value = JSON.parse(text) as JsonValue
    return isMap(value) ? value : undefined
  } catch {
    // Not ours to repair: without a readable annotation nothing is taken over.
    return undefined
  }
}

/** Keeps the annotation of an object that has one in step with what is applied now. */
export const withLastApplied = <T extends KubeObject>(object: T, applied: JsonObject): T => {
  const before = lastAppliedOf(object)
  const text = `${goJson(withoutAnnotation(applied))}\n`
  if (before === undefined || before === text) return object
  const annotations = { ...object.metadata.annotations, [ANNOTATION]: text }
  let size = 0
  for (const [key, value] of Object.entries(annotations)) size += key.length + value.length
  const { [ANNOTATION]: _, ...others } = annotations
  const metadata = assign(object.metadata, {
    annotations: size > ANNOTATIONS_LIMIT ? others : annotations,
  })
  return { ...object, metadata }
}

const withoutAnnotation = (applied: JsonObject): JsonObject => {
  const metadata = applied['metadata']
  if (!isMap(metadata)) return applied
  const annotations = metadata['annotations']
  if (!isMap(annotations) || !Object.hasOwn(annotations, ANNOTATION)) return applied
  const { [ANNOTATION]: _, ...others } = annotations
  return { ...applied, metadata: { ...metadata, annotations: others } }
}
