// MD5, SHA-1 and SHA-2 of bytes. The platform's digests are asynchronous, which the engine is not.

const pad = (
  bytes: Uint8Array,
  block: number,
  lengthBytes: number,
  isLittle: boolean,
): Uint8Array => {
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block
  const padded = new Uint8Array(size)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  let bits = bytes.length * 8
  for (let index = 0; index < 8; index++) {
    padded[isLittle ? size - 8 + index : size - 1 - index] = bits % 256
    bits = Math.floor(bits / 256)
  }
  return padded
}

const hex = (words: Iterable<number>, isLittle: boolean): string => {
  let text = ''
  for (const word of words)
    for (let index = 0; index < 4; index++) {
      const shift = isLittle ? index * 8 : 24 - index * 8
      text += ((word >>> shift) & 255).toString(16).padStart(2, '0')
    }
  return text
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const MD5_TABLE = Int32Array.from(
  { length: 64 },
  (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0,
)

export const md5 = (bytes: Uint8Array): string => {
  const state = Int32Array.of(0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476)
  const padded = pad(bytes, 64, 8, true)
  const words = new Int32Array(16)
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let index = 0; index < 16; index++) {
      const at = offset + index * 4
      words[index] =
        padded[at]! | (padded[at + 1]! << 8) | (padded[at + 2]! << 16) | (padded[at + 3]! << 24)
    }
    let [a, b, c, d] = state as unknown as [number, number, number, number]
    for (let step = 0; step < 64; step++) {
      const round = step >> 4
      const mixed =
        round === 0
          ? (b & c) | (~b & d)
          : round === 1
            ? (d & b) | (~d & c)
            : round === 2
              ? b ^ c ^ d
              : c ^ (b | ~d)
      const word =
        round === 0 ? step : round === 1 ? 5 * step + 1 : round === 2 ? 3 * step + 5 : 7 * step
      const sum = (a + mixed + MD5_TABLE[step]! + words[word % 16]!) | 0
      a = d
      d = c
      c = b
      b = (b + rotate(sum, MD5_SHIFTS[round * 4 + (step % 4)]!)) | 0
    }
    state[0]! += a
    state[1]! += b
    state[2]! += c
    state[3]! += d
  }
  return hex(state, true)
}

const wordsBig = (padded: Uint8Array, at: number): number =>
  (padded[at]! << 24) | (padded[at + 1]! << 16) | (padded[at + 2]! << 8) | padded[at + 3]!

export const sha1 = (bytes: Uint8Array): string => {
  const state = Int32Array.of(
    0x67452301,
    0xefcdab89 | 0,
    0x98badcfe | 0,
    0x10325476,
    0xc3d2e1f0 | 0,
  )
  const padded = pad(bytes, 64, 8, false)
  const words = new Int32Array(80)
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let t = 0; t < 80; t++)
      words[t] =
        t < 16
          ? wordsBig(padded, offset + t * 4)
          : rotate(words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!, 1)
    let [a, b, c, d, e] = state as unknown as [number, number, number, number, number]
    for (let t = 0; t < 80; t++) {
      const mixed =
        t < 20 ? (b & c) | (~b & d) : t < 40 || t >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d)
      const constant = t < 20 ? 0x5a827999 : t < 40 ? 0x6ed9eba1 : t < 60 ? 0x8f1bbcdc : 0xca62c1d6
      const next = (rotate(a, 5) + mixed + e + constant + words[t]!) | 0
      e = d
      d = c
      c = rotate(b, 30)
      b = a
      a = next
    }
    state[0]! += a
    state[1]! += b
    state[2]! += c
    state[3]! += d
    state[4]! += e
  }
  return hex(state, false)
}

const primes = (count: number): readonly number[] => {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  return found
}

const PRIMES = primes(80)

/** The largest integer whose `power`th power is at most `value`. */
const integerRoot = (value: bigint, power: number): bigint => {
  let low = 0n
  let high = 1n << 80n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** BigInt(power) <= value) low = middle
    else high = middle - 1n
  }
  return low
}

/** The first 64 bits of the fraction of a root, as FIPS 180-4 defines its constants. */
const fraction = (prime: number, power: number): bigint =>
  integerRoot(BigInt(prime) << BigInt(64 * power), power) & 0xffff_ffff_ffff_ffffn

let sha512Constants: readonly bigint[] | undefined
const constants = (): readonly bigint[] =>
  (sha512Constants ??= PRIMES.map((prime) => fraction(prime, 3)))

export const sha256 = (bytes: Uint8Array): string => {
  const state = Int32Array.from(
    PRIMES.slice(0, 8),
    (prime) => Number(fraction(prime, 2) >> 32n) | 0,
  )
  const k = Int32Array.from(constants().slice(0, 64), (constant) => Number(constant >> 32n) | 0)
  const padded = pad(bytes, 64, 8, false)
  const words = new Int32Array(64)
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let t = 0; t < 64; t++) {
      if (t < 16) {
        words[t] = wordsBig(padded, offset + t * 4)
        continue
      }
      const [x, y] = [words[t - 15]!, words[t - 2]!]
      const s0 = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3)
      const s1 = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10)
      words[t] = (words[t - 16]! + s0 + words[t - 7]! + s1) | 0
    }
    compress256(state, words, k)
  }
  return hex(state, false)
}

const compress256 = (state: Int32Array, words: Int32Array, k: Int32Array): void => {
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)
    const first = (h + s1 + ((e & f) ^ (~e & g)) + k[t]! + words[t]!) | 0
    const s0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10)
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index]! += value
}

const MASK = 0xffff_ffff_ffff_ffffn
const turn = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & MASK

export const sha512 = (bytes: Uint8Array): string => {
  const state = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2))
  const k = constants()
  const padded = pad(bytes, 128, 16, false)
  for (let offset = 0; offset < padded.length; offset += 128) {
    const words: bigint[] = []
    for (let t = 0; t < 80; t++) {
      if (t < 16) {
        const at = offset + t * 8
        words.push(
          (BigInt(wordsBig(padded, at) >>> 0) << 32n) | BigInt(wordsBig(padded, at + 4) >>> 0),
        )
        continue
      }
      const [x, y] = [words[t - 15]!, words[t - 2]!]
      const s0 = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)
      const s1 = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n)
      words.push((words[t - 16]! + s0 + words[t - 7]! + s1) & MASK)
    }
    compress512(state, words, k)
  }
  return state.map((word) => word.toString(16).padStart(16, '0')).join('')
}

const compress512 = (state: bigint[], words: readonly bigint[], k: readonly bigint[]): void => {
  let [a, b, c, d, e, f, g, h] = state as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  for (let t = 0; t < 80; t++) {
    const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)
    const first = (h + s1 + ((e & f) ^ (~e & MASK & g)) + k[t]! + words[t]!) & MASK
    const s0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & MASK
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK]
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries())
    state[index] = (state[index]! + value) & MASK
}
