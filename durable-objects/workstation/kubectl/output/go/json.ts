// go: encoding/json
import {
  GoComplex,
  GoFloat,
  GoInteger,
  sortedKeys,
  type GoValue,
} from '#kubectl/output/go/value.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'

/** Texts as Go's encoder writes them: safe to stand in HTML. */
const jsonText = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** go: json.Marshal, and json.MarshalIndent with an indent; keys in order. */
export const marshalJson = (value: JsonValue, indent = ''): string => {
  const chunks: string[] = []
  append(chunks, value, indent, indent === '' ? '' : '\n')
  return chunks.join('')
}

/** `lineEnd`: what separates members, up to the indent of the level around them. */
const append = (chunks: string[], value: JsonValue, indent: string, lineEnd: string): void => {
  if (typeof value === 'string') chunks.push(jsonText(value))
  else if (typeof value !== 'object' || value === null)
    chunks.push(Object.is(value, -0) ? '-0' : String(value))
  else if (Array.isArray(value))
    appendMembers(chunks, '[]', value.length, lineEnd, indent, (index, inner) =>
      append(chunks, (value as readonly JsonValue[])[index]!, indent, inner),
    )
  else {
    const map = value as JsonObject
    const keys = sortedKeys(map)
    appendMembers(chunks, '{}', keys.length, lineEnd, indent, (index, inner) => {
      chunks.push(jsonText(keys[index]!), indent === '' ? ':' : ': ')
      append(chunks, map[keys[index]!]!, indent, inner)
    })
  }
}

const appendMembers = (
  chunks: string[],
  brackets: string,
  count: number,
  lineEnd: string,
  indent: string,
  member: (index: number, inner: string) => void,
): void => {
  if (count === 0) {
    chunks.push(brackets)
    return
  }
  const inner = lineEnd + indent
  chunks.push(brackets[0]!)
  for (let index = 0; index < count; index++) {
    chunks.push(index === 0 ? inner : `,${inner}`)
    member(index, inner)
  }
  chunks.push(lineEnd, brackets[1]!)
}

/** What JSON can say of a value that only Go has. */
export const toJsonValue = (value: GoValue): JsonValue => {
  if (value instanceof GoInteger || value instanceof GoFloat) return Number(value.value)
  return value instanceof GoComplex ? null : value
}
