import { setKey, type JsonValue } from '#apimachinery/object.ts'
import { scanJson } from '#apimachinery/json-scanner.ts'

export { JsonSyntaxError } from '#apimachinery/json-scanner.ts'

export interface ParsedJson {
  readonly value: JsonValue
  /** `duplicate field "data.a"`, in the order of the document, each once, 100 at most. */
  readonly duplicates: readonly string[]
}

/**
 * How deep objects and lists may lie in one another. differs: 10,000 upstream; everything that walks an
 * object here may recurse.
 */
export const MAX_JSON_DEPTH = 1000

/**
 * Parses JSON as the API server does. Throws a JsonSyntaxError in Go's words. Of a repeated key the last
 * counts. Takes time linear in the text.
 */
export const parseJson = (text: string): ParsedJson => {
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    // The platform's message is not Go's: the scanner finds the same fault and names it.
    scanJson(text, MAX_JSON_DEPTH)
    throw new Error('JSON that only the platform refuses')
  }
  const { depth, keys } = survey(text)
  const suspicious = depth > MAX_JSON_DEPTH || keys !== countKeys(value)
  const duplicates = suspicious ? scanJson(text, MAX_JSON_DEPTH) : []
  return { value: SURROGATE.test(text) ? wellFormed(value) : value, duplicates }
}

const SURROGATE = /\\u[dD][89a-fA-F]|[\ud800-\udfff]/

interface Survey {
  readonly depth: number
  /** All keys, repeated ones too. */
  readonly keys: number
}

/** Of a text that is known to be JSON. */
const survey = (text: string): Survey => {
  let depth = 0
  let deepest = 0
  let keys = 0
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 34: // "
        index = endOfString(text, index)
        break
      case 58: // :
        keys += 1
        break
      case 91: // [
      case 123: // {
        depth += 1
        if (depth > deepest) deepest = depth
        break
      case 93: // ]
      case 125: // }
        depth -= 1
        break
    }
  }
  return { depth: deepest, keys }
}

const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

const isEscaped = (text: string, index: number): boolean => {
  let first = index
  while (text.charCodeAt(first - 1) === 92) first -= 1
  return (index - first) % 2 === 1
}

const countKeys = (root: JsonValue): number => {
  let count = 0
  const pending: JsonValue[] = [root]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const children = Object.values(value)
    if (!Array.isArray(value)) count += children.length
    for (const child of children)
      if (typeof child === 'object' && child !== null) pending.push(child)
  }
  return count
}

/** Go has no text with half a surrogate pair. */
const wellFormed = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(wellFormed)
  const copy: Record<string, JsonValue> = {}
  for (const [key, child] of Object.entries(value))
    setKey(copy, key.toWellFormed(), wellFormed(child!))
  return copy
}
