import { parseJson } from '#apimachinery/json.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { parseYaml, splitYaml, YamlError } from '#apimachinery/yaml/parse.ts'

/** One object of a manifest, and where it stands. */
export interface Manifest {
  readonly object: JsonObject
  /** 1 for the first document. */
  readonly document: number
  /** Of the document's first line, from 1. */
  readonly line: number
}

export class ManifestError extends Error {
  readonly document: number
  readonly line: number

  constructor(message: string, document: number, line: number) {
    super(message)
    this.document = document
    this.line = line
  }
}

const MAX_OBJECTS = 5000

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The items of a List, each with its kind; anything else as it is. */
const flatten = (object: JsonObject): readonly JsonObject[] => {
  const { kind, apiVersion, items } = object
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [object]
  const itemKind = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  return (items as readonly JsonValue[])
    .filter(isObject)
    .flatMap((item) => flatten({ ...itemKind, ...item }))
}

/** Reads YAML or JSON, several documents and Lists. Throws ManifestError with the place of the first thing that is no object. */
export const readManifests = (text: string): readonly Manifest[] => {
  const documents = /^\s*[{[]/.test(text) ? jsonDocument(text) : yamlDocuments(text)
  const manifests: Manifest[] = []
  for (const [index, { value, line }] of documents.entries()) {
    if (value === null) continue
    if (!isObject(value))
      throw new ManifestError(
        'this document is no object: a manifest begins with apiVersion, kind and metadata',
        index + 1,
        line,
      )
    for (const object of flatten(value)) manifests.push({ object, document: index + 1, line })
    if (manifests.length > MAX_OBJECTS)
      throw new ManifestError(
        `more than ${MAX_OBJECTS} objects: send them in parts`,
        index + 1,
        line,
      )
  }
  return manifests
}

interface Document {
  readonly value: JsonValue
  readonly line: number
}

const jsonDocument = (text: string): readonly Document[] => {
  try {
    return [{ value: parseJson(text).value, line: 1 }]
  } catch (error) {
    throw new ManifestError((error as Error).message, 1, 1)
  }
}

const yamlDocuments = (text: string): readonly Document[] =>
  splitYaml(text).map(({ text: chunk, line }, index) => {
    try {
      return { value: parseYaml(chunk).value, line }
    } catch (error) {
      // Go counts lines within the document; the reader looks into the whole text
      const within = error instanceof YamlError ? (error.line ?? 1) : 1
      throw new ManifestError((error as Error).message, index + 1, line + within - 1)
    }
  })
