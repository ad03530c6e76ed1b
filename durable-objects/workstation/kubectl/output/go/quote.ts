// Texts in quotes. go: strconv/quote.go
import { append } from '#apimachinery/append.ts'
import { decodeUtf8Loosely, encodeUtf8 } from '#apimachinery/utf8.ts'

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** go: unicode.IsPrint */
export const isPrintable = (character: string): boolean => PRINTABLE.test(character)

const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

const hex = (point: number, digits: number): string => point.toString(16).padStart(digits, '0')

const escaped = (character: string, ascii: boolean): string => {
  const point = character.codePointAt(0)!
  if (ascii ? point >= 0x20 && point < 0x7f : isPrintable(character)) return character
  const short = SHORT[character]
  if (short !== undefined) return short
  if (point < 0x20 || point === 0x7f) return `\\x${hex(point, 2)}`
  return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`
}

const quoteWith = (text: string, mark: string, ascii: boolean): string => {
  let quoted = mark
  for (const character of text)
    quoted +=
      character === mark || character === '\\' ? `\\${character}` : escaped(character, ascii)
  return quoted + mark
}

/** `%q`; with `ascii` as `%+q` has it. */
export const quoteText = (text: string, ascii = false): string => quoteWith(text, '"', ascii)

/** `%q` of a number: a character in single quotes. */
export const quoteCharacter = (point: number, ascii = false): string =>
  quoteWith(characterOf(point), "'", ascii)

export const characterOf = (point: number): string =>
  point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)
    ? '\ufffd'
    : String.fromCodePoint(point)

/** `%U`, and with `#` the character behind it if it can be seen. */
export const unicodeName = (point: bigint | number, withCharacter: boolean, digits = 4): string => {
  const unsigned = BigInt.asUintN(64, BigInt(point))
  const name = `U+${unsigned.toString(16).toUpperCase().padStart(digits, '0')}`
  if (!withCharacter || point < 0 || point > 0x10ffff) return name
  const character = String.fromCodePoint(Number(point))
  return isPrintable(character) ? `${name} '${character}'` : name
}

/** Whether a text can stand in back quotes as it is. */
export const canBackquote = (text: string): boolean =>
  !/[\u0000-\u0008\u000a-\u001f\u007f`\ufeff]/.test(text)

export class QuoteError extends Error {
  override readonly name = 'QuoteError'

  constructor() {
    super('invalid syntax')
  }
}

/** One character of a quoted text, undone: its bytes, its point, and where the next begins. */
interface Unquoted {
  readonly bytes: readonly number[]
  readonly point: number
  readonly next: number
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** go: strconv.UnquoteChar */
export const unquoteCharacter = (text: string, at: number, mark: string): Unquoted => {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (at >= text.length || (character === mark && (mark === '"' || mark === "'")))
    throw new QuoteError()
  const next = at + character.length
  if (character !== '\\')
    return { bytes: [...encodeUtf8(character)], point: character.codePointAt(0)!, next }
  const letter = text[next] ?? ''
  const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
  if (simple !== undefined) return { bytes: [simple], point: simple, next: next + 1 }
  if ((letter === '"' || letter === "'") && letter === mark)
    return { bytes: [letter.charCodeAt(0)], point: letter.charCodeAt(0), next: next + 1 }
  return unquoteNumber(text, next)
}

const unquoteNumber = (text: string, at: number): Unquoted => {
  const letter = text[at] ?? ''
  if (letter >= '0' && letter <= '7') {
    const digits = /^[0-7]{3}/.exec(text.slice(at, at + 3))?.[0]
    const byte = Number.parseInt(digits ?? '777', 8)
    if (byte > 255) throw new QuoteError()
    return { bytes: [byte], point: byte, next: at + 3 }
  }
  const length = Object.hasOwn(HEX_DIGITS, letter) ? HEX_DIGITS[letter]! : 0
  const digits = text.slice(at + 1, at + 1 + length)
  if (length === 0 || digits.length < length || !/^[0-9a-fA-F]+$/.test(digits))
    throw new QuoteError()
  const point = Number.parseInt(digits, 16)
  const next = at + 1 + length
  if (letter === 'x') return { bytes: [point], point, next }
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) throw new QuoteError()
  return { bytes: [...encodeUtf8(String.fromCodePoint(point))], point, next }
}

/** All of a text that stood in quotes. */
export const unquoteAll = (text: string, mark: string): string => {
  if (!text.includes('\\') && !text.includes(mark)) return text
  const bytes: number[] = []
  for (let at = 0; at < text.length;) {
    const one = unquoteCharacter(text, at, mark)
    append(bytes, one.bytes)
    at = one.next
  }
  return decodeUtf8Loosely(Uint8Array.from(bytes))
}

/** go: strconv.Unquote, of texts in double or back quotes. */
export const unquoteText = (quoted: string): string => {
  const text = quoted.slice(1, -1)
  if (quoted.startsWith('`')) return text.replaceAll('\r', '')
  if (text.includes('\n')) throw new QuoteError()
  return unquoteAll(text, '"')
}
