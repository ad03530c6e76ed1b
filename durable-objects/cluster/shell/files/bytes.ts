// Files and pipes hold text. A byte that is no part of a character stands as the lone surrogate U+DC00 + byte, so that bytes come back as
// they were, whatever they are.
import { decodeUtf8Loosely, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'

const ESCAPE = 0xdc00
const BYTES = /[\udc80-\udcff]/

/** One unit for each byte, 0 to 255: for tools that count or cut bytes. */
export const toByteString = (text: string): string => {
  if (!/[^\0-\x7f]/.test(text)) return text
  const bytes = bytesOf(text)
  let units = ''
  for (const byte of bytes) units += String.fromCharCode(byte)
  return units
}

export const fromByteString = (units: string): string =>
  /[^\0-\x7f]/.test(units) ? textOf(Uint8Array.from(units, (unit) => unit.charCodeAt(0))) : units

const isEscape = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at)
  if (unit < 0xdc80 || unit > 0xdcff) return false
  const before = at === 0 ? 0 : text.charCodeAt(at - 1)
  // the second half of a character outside the basic plane looks the same
  return before < 0xd800 || before > 0xdbff
}

export const bytesOf = (text: string): Uint8Array => {
  if (!BYTES.test(text)) return encodeUtf8(text)
  const parts: Uint8Array[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (!isEscape(text, at)) continue
    if (at > start) parts.push(encodeUtf8(text.slice(start, at)))
    parts.push(Uint8Array.of(text.charCodeAt(at) - ESCAPE))
    start = at + 1
  }
  parts.push(encodeUtf8(text.slice(start)))
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let length = 0
  for (const part of parts) {
    all.set(part, length)
    length += part.length
  }
  return all
}

export const byteLength = (text: string): number => {
  if (!BYTES.test(text)) return utf8Length(text)
  let length = utf8Length(text)
  // a lone surrogate counts three bytes there and is one here
  for (let at = 0; at < text.length; at++) if (isEscape(text, at)) length -= 2
  return length
}

/** U+FFFD itself, and not what stands for a byte that is none. */
const isReplacement = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd

export const textOf = (bytes: Uint8Array): string => {
  const text = decodeUtf8Loosely(bytes)
  if (!text.includes('\ufffd')) return text
  let result = ''
  let at = 0
  for (const character of text) {
    const isGood = character !== '\ufffd' || isReplacement(bytes, at)
    result += isGood ? character : String.fromCharCode(ESCAPE + bytes[at]!)
    at += isGood ? utf8Length(character) : 1
  }
  return result
}
