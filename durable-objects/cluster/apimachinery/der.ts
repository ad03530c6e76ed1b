// ASN.1 in its distinguished encoding, as far as certificates need it. ITU-T X.690

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

export class DerError extends Error {
  override readonly name = 'DerError'
}

/** One value: its tag, what is in it, and all of it. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

/** The values that stand one after the other in `bytes`. */
export const readAll = (bytes: Uint8Array): readonly DerValue[] => {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length;) {
    const value = readAt(bytes, at)
    values.push(value)
    at += value.whole.length
  }
  return values
}

/** The one value that `bytes` are. */
export const readOne = (bytes: Uint8Array): DerValue => {
  const value = readAt(bytes, 0)
  if (value.whole.length !== bytes.length) throw new DerError('trailing data')
  return value
}

const readAt = (bytes: Uint8Array, start: number): DerValue => {
  const tag = bytes[start]
  const first = bytes[start + 1]
  if (tag === undefined || first === undefined) throw new DerError('syntax error: data truncated')
  let at = start + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 3) throw new DerError('syntax error: unsupported length')
    length = 0
    for (const end = at + count; at < end; at++) length = length * 256 + (bytes[at] ?? 0)
  }
  const end = at + length
  if (end > bytes.length) throw new DerError('syntax error: data truncated')
  return { tag, content: bytes.subarray(at, end), whole: bytes.subarray(start, end) }
}

/** What is in a value of that tag. */
export const contentOf = (value: DerValue | undefined, tag: number): Uint8Array => {
  if (value?.tag !== tag) throw new DerError('structure error: tags do not match')
  return value.content
}

export const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const lengthBytes = (length: number): readonly number[] => {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

export const encode = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = concat(parts)
  return concat([Uint8Array.from([tag, ...lengthBytes(content.length)]), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array =>
  encode(TAG.sequence, ...parts)

/** A number that is not negative, from its bytes, the most important first. */
export const integer = (bytes: Uint8Array): Uint8Array => {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start)
  return encode(TAG.integer, digits[0]! >= 0x80 ? concat([Uint8Array.of(0), digits]) : digits)
}

/** `1.2.840.10045.2.1` */
export const oid = (text: string): Uint8Array => {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return encode(
    TAG.oid,
    Uint8Array.from([first * 40 + second, ...rest.flatMap((number) => base128(number))]),
  )
}

const base128 = (number: number): readonly number[] => {
  const digits = [number & 0x7f]
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

export const octetString = (bytes: Uint8Array): Uint8Array => encode(TAG.octetString, bytes)

export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array =>
  encode(TAG.bitString, Uint8Array.of(unused), bytes)

/** `2026-01-01T00:00:00Z`. Years from 2050 on have four digits. */
export const time = (text: string): Uint8Array => {
  const digits = text.replace(/[-:T]/g, '')
  const isShort = text < '2050'
  const ascii = Uint8Array.from(isShort ? digits.slice(2) : digits, (c) => c.charCodeAt(0))
  return encode(isShort ? TAG.utcTime : TAG.generalizedTime, ascii)
}
