// UTF-8 without the platform's TextDecoder, which the engine does not have.

/** Where the text is not UTF-8. */
export class Utf8Error extends Error {
  override readonly name = 'Utf8Error'
  readonly offset: number

  constructor(offset: number) {
    super(`invalid UTF-8 at byte ${offset}`)
    this.offset = offset
  }
}

// String.fromCharCode takes its arguments on the stack.
const CHUNK = 4096

/** The text of all of `bytes`; throws a Utf8Error at the first byte that is not part of a character. */
export const decodeUtf8 = (bytes: Uint8Array): string =>
  decode(bytes, (index) => {
    throw new Utf8Error(index)
  })

/** As Go converts bytes to text for printing: each bad byte becomes U+FFFD. */
export const decodeUtf8Loosely = (bytes: Uint8Array): string => decode(bytes, () => REPLACEMENT)

/** The same, with the lone surrogate U+DC00 + byte for each byte that is no part of a character. */
export const decodeUtf8Escaping = (bytes: Uint8Array): string =>
  decode(bytes, (index) => 0xdc00 + bytes[index]!)

const REPLACEMENT = 0xfffd

/** `substitute`: the unit for the byte at an index that is no part of a character, unless it throws. */
const decode = (bytes: Uint8Array, substitute: (index: number) => number): string => {
  const units = new Uint16Array(Math.min(bytes.length, CHUNK) + 1)
  const parts: string[] = []
  let filled = 0
  let index = 0
  while (index < bytes.length) {
    if (filled >= CHUNK - 1) {
      parts.push(String.fromCharCode.apply(null, units.subarray(0, filled) as unknown as number[]))
      filled = 0
    }
    const first = bytes[index]!
    if (first < 0x80) {
      units[filled++] = first
      index += 1
      continue
    }
    const length = sequenceLength(bytes, index)
    if (length === 0) {
      units[filled++] = substitute(index)
      index += 1
      continue
    }
    const point = codePoint(bytes, index, length)
    index += length
    if (point < 0x10000) units[filled++] = point
    else {
      units[filled++] = 0xd800 + ((point - 0x10000) >> 10)
      units[filled++] = 0xdc00 + ((point - 0x10000) & 0x3ff)
    }
  }
  parts.push(String.fromCharCode.apply(null, units.subarray(0, filled) as unknown as number[]))
  return parts.join('')
}

/** The bytes of the character at `index`; 0 if they are no shortest form of a Unicode character. */
const sequenceLength = (bytes: Uint8Array, index: number): number => {
  const first = bytes[index]!
  const second = bytes[index + 1] ?? 0
  if (first < 0xc2 || first > 0xf4 || (second & 0xc0) !== 0x80) return 0
  if (first < 0xe0) return 2
  if (((bytes[index + 2] ?? 0) & 0xc0) !== 0x80) return 0
  if (first < 0xf0) {
    const overlong = first === 0xe0 && second < 0xa0
    const surrogate = first === 0xed && second > 0x9f
    return overlong || surrogate ? 0 : 3
  }
  if (((bytes[index + 3] ?? 0) & 0xc0) !== 0x80) return 0
  return (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) ? 0 : 4
}

const codePoint = (bytes: Uint8Array, index: number, length: number): number => {
  const first = bytes[index]!
  const tail = (offset: number): number => bytes[index + offset]! & 0x3f
  if (length === 2) return ((first & 0x1f) << 6) | tail(1)
  if (length === 3) return ((first & 0x0f) << 12) | (tail(1) << 6) | tail(2)
  return ((first & 0x07) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3)
}

/** The number of bytes that `encodeUtf8` would give. */
export const utf8Length = (text: string): number => {
  let length = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    length += 1
    if (unit < 0x800) continue
    length += 1
    // A pair is two units and four bytes.
    if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(index + 1))) index += 1
  }
  return length
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** Lone surrogates become U+FFFD. */
export const encodeUtf8 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(utf8Length(text))
  let length = 0
  for (let index = 0; index < text.length; index++) {
    let point = text.charCodeAt(index)
    if (point < 0x80) {
      bytes[length++] = point
      continue
    }
    if (point >= 0xd800 && point < 0xe000) {
      const low = text.charCodeAt(index + 1)
      const pair = point < 0xdc00 && isLow(low)
      point = pair ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : 0xfffd
      if (pair) index += 1
    }
    if (point < 0x800) bytes[length++] = 0xc0 | (point >> 6)
    else {
      if (point < 0x10000) bytes[length++] = 0xe0 | (point >> 12)
      else {
        bytes[length++] = 0xf0 | (point >> 18)
        bytes[length++] = 0x80 | ((point >> 12) & 0x3f)
      }
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f)
    }
    bytes[length++] = 0x80 | (point & 0x3f)
  }
  return bytes
}
