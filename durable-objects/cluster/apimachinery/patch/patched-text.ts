import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'

/**
 * A patched document as the library writes it: what it changed it had to read into maps, which Go writes by key;
 * what it left alone stands as it stood. kubernetes: vendor/gopkg.in/evanphx/json-patch.v4/patch.go lazyNode
 */
export const patchedText = (before: JsonObject, after: JsonValue): string => write(before, after)

const write = (before: JsonValue | undefined, after: JsonValue): string => {
  if (after === before || typeof after !== 'object' || after === null) return escaped(after)
  if (isList(after)) {
    const olds = before !== undefined && isList(before) ? before : []
    return `[${after.map((item, index) => write(olds[index], item)).join(',')}]`
  }
  if (before === undefined) return escaped(after)
  const olds = isMap(before) ? before : {}
  const pairs = Object.keys(after)
    .sort()
    .map((key) => `${escaped(key)}:${write(own(olds, key), own(after, key) ?? null)}`)
  return `{${pairs.join(',')}}`
}

const isMap = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Go writes these characters so that the text may stand in HTML. */
const escaped = (value: JsonValue): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)
