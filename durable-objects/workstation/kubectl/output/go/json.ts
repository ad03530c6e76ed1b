// go: encoding/json
import {
  GoComplex,
  GoFloat,
  GoInteger,
  isMap,
  sortedKeys,
  type GoValue,
} from '#kubectl/output/go/value.ts'
import type { JsonValue } from '#apimachinery/object.ts'

/** Texts as Go's encoder writes them: safe to stand in HTML. */
const jsonText = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** go: json.Marshal, and json.MarshalIndent with an indent; keys in order. */
export const marshalJson = (value: JsonValue, indent = '', prefix = ''): string => {
  const inner = prefix + indent
  const [open, close, colon] = indent === '' ? ['', '', ':'] : [`\n${inner}`, `\n${prefix}`, ': ']
  const join = (members: readonly string[]): string => open + members.join(`,${open}`) + close
  if (Array.isArray(value)) {
    const list = value as readonly JsonValue[]
    if (list.length === 0) return '[]'
    return `[${join(list.map((member) => marshalJson(member, indent, inner)))}]`
  }
  if (isMap(value)) {
    const keys = sortedKeys(value)
    if (keys.length === 0) return '{}'
    const members = keys.map(
      (key) => jsonText(key) + colon + marshalJson(value[key]!, indent, inner),
    )
    return `{${join(members)}}`
  }
  if (typeof value === 'string') return jsonText(value)
  return Object.is(value, -0) ? '-0' : String(value)
}

/** What JSON can say of a value that only Go has. */
export const toJsonValue = (value: GoValue): JsonValue => {
  if (value instanceof GoInteger || value instanceof GoFloat) return Number(value.value)
  return value instanceof GoComplex ? null : value
}
