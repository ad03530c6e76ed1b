// Files and pipes hold text. A byte that is no part of a character stands as the lone surrogate U+DC00 + byte, so that bytes come back as
// they were, whatever they are.
import { decodeUtf8Escaping, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'

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
  const all = new Uint8Array(text.length * 3)
  let filled = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const isByte = isEscape(text, at)
    if (unit >= 0x80 && !isByte) continue
    if (start < at) {
      const part = encodeUtf8(text.slice(start, at))
      all.set(part, filled)
      filled += part.length
    }
    all[filled++] = isByte ? unit - ESCAPE : unit
    start = at + 1
  }
  const rest = encodeUtf8(text.slice(start))
  all.set(rest, filled)
  return all.slice(0, filled + rest.length)
}

export const byteLength = (text: string): number => {
  if (!BYTES.test(text)) return utf8Length(text)
  let length = utf8Length(text)
  // a lone surrogate counts three bytes there and is one here
  for (let at = 0; at < text.length; at++) if (isEscape(text, at)) length -= 2
  return length
}

export const textOf = (bytes: Uint8Array): string => decodeUtf8Escaping(bytes)
