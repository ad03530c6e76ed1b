// SHA-256 without a library: the engine is synchronous, and the platform's digest is not. Names of chains and sets are made of it, some
// fifty thousand for a large cluster, so that buffers are used again and nothing is allocated for a block.

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BLOCK = 64
const PADDING = 9

/** The first 32 bits of the fraction of `root`, as FIPS 180-4 defines its constants. */
const fractionBits = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0

const primes = (count: number): readonly number[] => {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  return found
}

const K = Int32Array.from(primes(64), (prime) => fractionBits(Math.cbrt(prime)))
const START = Int32Array.from(primes(8), (prime) => fractionBits(Math.sqrt(prime)))

const state = new Int32Array(8)
const words = new Int32Array(64)
let bytes = new Uint8Array(256)

const roundUp = (length: number): number => Math.ceil((length + PADDING) / BLOCK) * BLOCK

/** Writes the text's UTF-8 into `bytes` and returns its length. */
const encode = (text: string): number => {
  // three bytes at most for a UTF-16 unit
  const needed = roundUp(text.length * 3)
  if (bytes.length < needed) bytes = new Uint8Array(needed * 2)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) {
      bytes[length++] = unit
      continue
    }
    const point = text.codePointAt(at)!
    if (point > 0xffff) at++
    length = encodePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point, length)
  }
  return length
}

const encodePoint = (point: number, at: number): number => {
  const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
  bytes[at] = ((0xf00 >> (more + 1)) & 0xff) | (point >> (6 * more))
  for (let left = more - 1; left >= 0; left--)
    bytes[at + more - left] = 0x80 | ((point >> (6 * left)) & 0x3f)
  return at + more + 1
}

const compress = (offset: number): void => {
  for (let t = 0; t < 16; t++) {
    const at = offset + 4 * t
    words[t] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }
  for (let t = 16; t < 64; t++) {
    const x = words[t - 15]!
    const y = words[t - 2]!
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    words[t] = (words[t - 16]! + s0 + words[t - 7]! + s1) | 0
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const one = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + words[t]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
  state[4]! += e
  state[5]! += f
  state[6]! += g
  state[7]! += h
}

/** Leaves the digest in `state`. */
const digest = (text: string): void => {
  const length = encode(text)
  const end = roundUp(length)
  bytes.fill(0, length, end)
  bytes[length] = 0x80
  // the length in bits; texts are far shorter than 2^32 bytes
  const high = Math.floor(length / 0x20000000)
  const low = (length << 3) >>> 0
  for (let at = 0; at < 4; at++) {
    bytes[end - 5 - at] = high >>> (8 * at)
    bytes[end - 1 - at] = low >>> (8 * at)
  }
  state.set(START)
  for (let offset = 0; offset < end; offset += BLOCK) compress(offset)
}

/** SHA-256 of the text's UTF-8, in lower-case hexadecimal digits. */
export const hexSha256 = (text: string): string => {
  digest(text)
  let hex = ''
  for (let at = 0; at < 8; at++) hex += (state[at]! >>> 0).toString(16).padStart(8, '0')
  return hex
}

/** SHA-256 of the text's UTF-8 in base 32 (RFC 4648) with its padding; callers take as many characters as they need. */
export const base32Sha256 = (text: string): string => {
  digest(text)
  let encoded = ''
  let held = 0
  let bits = 0
  for (let at = 0; at < 32; at++) {
    held = ((held & 0xff) << 8) | ((state[at >> 2]! >>> (24 - 8 * (at & 3))) & 0xff)
    for (bits += 8; bits >= 5; bits -= 5) encoded += BASE32[(held >>> (bits - 5)) & 31]!
  }
  return `${encoded}${BASE32[(held << (5 - bits)) & 31]!}====`
}
