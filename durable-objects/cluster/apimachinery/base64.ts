// Standard base64 as Go's encoding/base64 reads and writes it.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PAD = 61
const INVALID = 255

const VALUES = new Uint8Array(128).fill(INVALID)
for (const [value, letter] of [...ALPHABET].entries()) VALUES[letter.charCodeAt(0)] = value

const valueAt = (text: string, index: number): number => VALUES[text.charCodeAt(index)] ?? INVALID
const isBreak = (code: number): boolean => code === 10 || code === 13

export class Base64Error extends Error {
  override readonly name = 'Base64Error'

  constructor(offset: number) {
    super(`illegal base64 data at input byte ${offset}`)
  }
}

/** The bytes; throws a Base64Error in Go's words. Line breaks are passed over. */
export const decodeBase64 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let quantum = 0
  let count = 0
  let index = 0
  for (; index < text.length; index++) {
    const value = valueAt(text, index)
    if (value !== INVALID) {
      quantum = (quantum << 6) | value
      count += 1
      if (count < 4) continue
      bytes[length] = quantum >> 16
      bytes[length + 1] = quantum >> 8
      bytes[length + 2] = quantum
      length += 3
      quantum = 0
      count = 0
    } else if (text.charCodeAt(index) === PAD) break
    else if (!isBreak(text.charCodeAt(index))) throw new Base64Error(index)
  }
  if (index === text.length) {
    if (count > 0) throw new Base64Error(index - count)
    return bytes.subarray(0, length)
  }
  checkPadding(text, index, count)
  bytes[length] = count === 2 ? quantum >> 4 : quantum >> 10
  if (count === 3) bytes[length + 1] = quantum >> 2
  return bytes.subarray(0, length + count - 1)
}

/** `index` is that of the first `=`, after `count` letters of the last group. */
const checkPadding = (text: string, index: number, count: number): void => {
  if (count < 2) throw new Base64Error(index)
  let next = index + 1
  if (count === 2) {
    next = skipBreaks(text, next)
    if (next === text.length) throw new Base64Error(text.length)
    if (text.charCodeAt(next) !== PAD) throw new Base64Error(next - 1)
    next += 1
  }
  next = skipBreaks(text, next)
  if (next < text.length) throw new Base64Error(next)
}

const skipBreaks = (text: string, index: number): number => {
  let next = index
  while (next < text.length && isBreak(text.charCodeAt(next))) next += 1
  return next
}

export const encodeBase64 = (bytes: Uint8Array): string => {
  const parts: string[] = []
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const group = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    parts.push(
      ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!,
      left > 1 ? ALPHABET[(group >> 6) & 63]! : '=',
      left > 2 ? ALPHABET[group & 63]! : '=',
    )
  }
  return parts.join('')
}

/** Without padding and safe in URLs: Go's base64.RawURLEncoding. */
export const encodeUrlSafe = (bytes: Uint8Array): string =>
  encodeBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')

/** What encodeUrlSafe gives; throws a Base64Error. */
export const decodeUrlSafe = (text: string): Uint8Array => {
  const padded = text.replaceAll('-', '+').replaceAll('_', '/')
  return decodeBase64(padded.padEnd(Math.ceil(padded.length / 4) * 4, '='))
}

/** The text as Go writes it again, without line breaks or stray bits; throws a Base64Error. */
export const canonicalBase64 = (text: string): string =>
  isCanonical(text) ? text : encodeBase64(decodeBase64(text))

const isCanonical = (text: string): boolean => {
  if (text.length % 4 !== 0) return false
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === PAD) end -= 1
  if (text.length - end > 2) return false
  for (let index = 0; index < end; index++) if (valueAt(text, index) === INVALID) return false
  const stray = [0, 3, 15][text.length - end]!
  return stray === 0 || (valueAt(text, end - 1) & stray) === 0
}
