import { parseJson } from '#apimachinery/json.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { isObject } from '#manifests/shapes.ts'
import { parseYaml, splitYaml, YamlError } from '#apimachinery/yaml/parse.ts'

/** One object of a manifest, and where it stands. */
export interface Manifest {
  readonly object: JsonObject
  /** 1 for the first document. */
  readonly document: number
  /** Of the document's first line, from 1. */
  readonly line: number
  /** Which one of a List's it is, from 1. */
  readonly item?: number
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

/** The items of a List, each with its kind; anything else as it is. */
const flatten = (object: JsonObject): readonly JsonObject[] => {
  const { kind, apiVersion, items } = object
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [object]
  const itemKind = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  return (items as readonly JsonValue[])
    .filter(isObject)
    .flatMap((item) => flatten({ ...itemKind, ...item }))
}

/** What could be read of a text, and what could not. */
export interface ReadManifests {
  readonly manifests: readonly Manifest[]
  readonly errors: readonly ManifestError[]
}

/** Reads YAML or JSON, several documents and Lists. A document that cannot be read does not keep the others from it. */
export const readEvery = (text: string): ReadManifests => {
  const documents = /^\s*[{[]/.test(text)
    ? [readDocument(text, 1, 1, parseJson)]
    : yamlDocuments(text)
  const manifests: Manifest[] = []
  const errors: ManifestError[] = []
  for (const [index, read] of documents.entries()) {
    if (read instanceof ManifestError) {
      errors.push(read)
      continue
    }
    const { value, line } = read
    const document = index + 1
    if (value === null) continue
    if (!isObject(value)) {
      errors.push(new ManifestError(NO_OBJECT, document, line))
      continue
    }
    const objects = flatten(value)
    for (const [at, object] of objects.entries())
      manifests.push({
        object,
        document,
        line,
        ...(objects[0] === value ? {} : { item: at + 1 }),
      })
    if (manifests.length + errors.length > MAX_OBJECTS) {
      const message = `more than ${MAX_OBJECTS} objects: send them in parts`
      return { manifests: [], errors: [new ManifestError(message, document, line)] }
    }
  }
  return { manifests, errors }
}

const NO_OBJECT = 'this document is no object: a manifest begins with apiVersion, kind and metadata'

/** The same, of a text that has to be right as a whole: throws the first ManifestError. */
export const readManifests = (text: string): readonly Manifest[] => {
  const { manifests, errors } = readEvery(text)
  if (errors[0] !== undefined) throw errors[0]
  return manifests
}

interface Document {
  readonly value: JsonValue
  readonly line: number
}

type Parser = (text: string) => { readonly value: JsonValue }

const readDocument = (
  text: string,
  document: number,
  line: number,
  parse: Parser,
): Document | ManifestError => {
  try {
    return { value: parse(text).value, line }
  } catch (error) {
    // Go counts lines within the document; the reader looks into the whole text
    const inner = error instanceof YamlError ? (error.line ?? 1) : 1
    return new ManifestError((error as Error).message, document, line + inner - 1)
  }
}

const yamlDocuments = (text: string): readonly (Document | ManifestError)[] =>
  splitYaml(text).map(({ text: chunk, line }, index) =>
    readDocument(chunk, index + 1, line, parseYaml),
  )
