// KYAML: YAML that is written like JSON. sigs.k8s.io/yaml kyaml/kyaml.go
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { isPrintable } from '#kubectl/output/go/quote.ts'
import { isMap, sortedKeys } from '#kubectl/output/go/value.ts'
import { readsAsOther } from '#kubectl/output/kyaml-words.ts'

/** The keys of a map in the order in which they are printed. */
type KeysOf = (map: JsonObject) => readonly string[]

/** `-o kyaml`: one document, with the line that begins it. */
export const printKyaml = (object: JsonObject): string => `---\n${node(object, 0, sortedKeys)}\n`

/** The same in the order of the object. */
export const printTypedKyaml = (object: JsonObject): string =>
  `---\n${node(object, 0, Object.keys)}\n`

const indentation = (level: number): string => '  '.repeat(level)

const node = (value: JsonValue, indent: number, keysOf: KeysOf): string => {
  if (Array.isArray(value)) return sequence(value as readonly JsonValue[], indent, keysOf)
  if (isMap(value)) return mapping(value, indent, keysOf)
  if (typeof value === 'string') return text(value, indent + 1)
  return Object.is(value, -0) ? '-0' : String(value)
}

const sequence = (items: readonly JsonValue[], indent: number, keysOf: KeysOf): string => {
  if (items.length === 0) return '[]'
  // Maps and lists cuddle: their brackets stand on one line.
  if (items.every((item) => typeof item === 'object' && item !== null))
    return `[${items.map((item) => node(item, indent, keysOf)).join(', ')}]`
  const lines = items.map(
    (item) => `${indentation(indent + 1)}${node(item, indent + 1, keysOf)},\n`,
  )
  return `[\n${lines.join('')}${indentation(indent)}]`
}

const mapping = (map: JsonObject, indent: number, keysOf: KeysOf): string => {
  const keys = keysOf(map)
  if (keys.length === 0) return '{}'
  const lines = keys.map(
    (name) => `${indentation(indent + 1)}${key(name)}: ${node(map[name]!, indent + 1, keysOf)},\n`,
  )
  return `{\n${lines.join('')}${indentation(indent)}}`
}

const PLAIN_KEY = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u

const key = (name: string): string => {
  const read = foldBreaks(name)
  return PLAIN_KEY.test(read) && !readsAsOther(read)
    ? read
    : `"${Array.from(read, (character) => escape(character, '\\n')).join('')}"`
}

/**
 * Upstream reads the object's JSON as YAML first, and to YAML a next-line character is a break of the line: one
 * becomes a space, several become line ends.
 */
const foldBreaks = (written: string): string =>
  written.replace(/[ \t]*\u0085(?:[ \t]*\u0085)*[ \t]*/g, (breaks) => {
    const count = breaks.split('\u0085').length - 1
    return count === 1 ? ' ' : '\n'.repeat(count - 1)
  })

const FOLD = '\\\n'

/** Tabs stand in values as they are. */
const escapeInValue = (character: string, newline: string): string =>
  character === '\t' ? character : escape(character, newline)

const text = (written: string, indent: number): string => {
  const value = foldBreaks(written)
  if (!value.includes('\n'))
    return `"${Array.from(value, (character) => escapeInValue(character, '')).join('')}"`
  let folded = `"${FOLD}`
  for (const character of value) {
    if (folded.endsWith('\n')) {
      // A space of the text is escaped where the line begins; others get one for the looks.
      const keepsSpace =
        character !== '\n' && /^[\s\u0085]$/u.test(character) && character !== '\ufeff'
      folded += indentation(indent) + (keepsSpace ? '\\' : ' ')
    }
    folded += escapeInValue(character, `\\n${FOLD}`)
  }
  if (!folded.endsWith('\n')) folded += FOLD
  return `${folded}${indentation(indent)}"`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\0': '\\0',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

const escape = (character: string, newline: string): string => {
  if (character === '"' || character === '\\') return `\\${character}`
  if (isPrintable(character)) return character
  if (character === '\n') return newline
  const short = ESCAPES[character]
  if (short !== undefined) return short
  const point = character.codePointAt(0)!
  const hex = point.toString(16)
  if (point < 0x20 || point === 0x7f) return `\\x${hex.padStart(2, '0')}`
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
