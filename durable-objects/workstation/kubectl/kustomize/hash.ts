// The suffix of a generated name: what is in the object, in ten letters. kustomize: api/hasher/hasher.go
import type { JsonValue } from '#apimachinery/object.ts'
import { sha256 } from '#apimachinery/digest.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import { withSortedKeys } from '#apimachinery/object.ts'
import { nodeAt, textAt, toJson, type MapNode } from '#kubectl/kustomize/node.ts'

const LENGTH = 10
/** Letters that could make words, or be read as others. */
const SAFE: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/** As Go's encoding/json writes it. */
const goJson = (value: JsonValue): string =>
  JSON.stringify(withSortedKeys(value)).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const hashText = (text: string): string =>
  sha256(encodeUtf8(text))
    .slice(0, LENGTH)
    .replace(/[013ae]/g, (char) => SAFE[char] ?? char)

const part = (object: MapNode, field: string): JsonValue => {
  const node = nodeAt(object, field)
  return node === undefined ? '' : toJson(node)
}

export const hashOf = (object: MapNode): string => {
  const kind = textAt(object, 'kind')
  // upstream asks for a field that is called `metadata/name`, which nothing has
  const name = ''
  if (kind === 'ConfigMap') {
    const binaryData = nodeAt(object, 'binaryData')
    const content = { kind, name, data: part(object, 'data') }
    return hashText(
      goJson(binaryData?.kind === 'map' ? { ...content, binaryData: toJson(binaryData) } : content),
    )
  }
  if (kind === 'Secret') {
    const stringData = nodeAt(object, 'stringData')
    const content = { kind, type: part(object, 'type'), name, data: part(object, 'data') }
    return hashText(
      goJson(stringData?.kind === 'map' ? { ...content, stringData: toJson(stringData) } : content),
    )
  }
  return hashText(goJson(toJson(object)))
}
