import type { JsonValue } from '#apimachinery/object.ts'
import { construct, type Constructed } from '#apimachinery/yaml/construct.ts'
import { YamlError } from '#apimachinery/yaml/error.ts'
import { parseNodes } from '#apimachinery/yaml/nodes.ts'

export { YamlError } from '#apimachinery/yaml/error.ts'

export interface YamlDocument {
  /** Null for a document that is empty or all comments. */
  readonly value: JsonValue
  /** Where the document begins in the stream, from 1. */
  readonly line: number
  /** What Go's strict parser says of repeated keys, of which the last counts; one text for them all. */
  readonly duplicates: readonly string[]
}

export interface YamlStream {
  readonly documents: readonly YamlDocument[]
}

/** A document of a stream, still as text. */
export interface YamlChunk {
  readonly text: string
  readonly line: number
}

/** A line of `---` and white space, as kubectl divides streams. kubernetes: apimachinery pkg/util/yaml/decoder.go YAMLReader */
const SEPARATOR = /^---\s*$/

/** The documents of a stream. A `---` before any text belongs to the document that follows. */
export const splitYaml = (text: string): readonly YamlChunk[] => {
  const chunks: YamlChunk[] = []
  const lines = text.split('\n')
  let start = 0
  for (let index = 0; index <= lines.length; index++) {
    const ends = index === lines.length || (index > start && SEPARATOR.test(lines[index]!))
    if (!ends) continue
    const body = lines.slice(start, index).join('\n')
    if (body !== '')
      chunks.push({ text: index === lines.length ? body : `${body}\n`, line: start + 1 })
    start = index + 1
  }
  return chunks
}

/** One document as kubectl reads it: the first of `text`. Throws a YamlError. */
export const parseYaml = (text: string): Constructed => {
  const root = parseNodes(text)
  return root === undefined ? { value: null, duplicates: [] } : construct(root)
}

/** Every document of a stream. Throws a YamlError for the first that is wrong, with lines counted within that document, as kubectl does. */
export const parseYamlDocuments = (text: string): YamlStream => ({
  documents: splitYaml(text).map(({ text: chunk, line }) => {
    try {
      return { ...parseYaml(chunk), line }
    } catch (error) {
      throw error instanceof YamlError && error.line !== undefined
        ? new YamlError(error.message, error.line + line - 1)
        : error
    }
  }),
})
