// Signatures by the elliptic curve P-256. FIPS 186-5, SEC 1
// Nobody's secrets are kept with it: its time depends on the key.
import { concat, integer, sequence } from '#apimachinery/der.ts'
import { sha256 } from '#apimachinery/digest.ts'

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const G_X = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n
const G_Y = 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n

/** In Jacobian coordinates: x = X/Z², y = Y/Z³; Z is 0 at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint]

const INFINITY: Point = [1n, 1n, 0n]
const GENERATOR: Point = [G_X, G_Y, 1n]

const mod = (value: bigint, modulus = P): bigint => {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** By Euclid's algorithm. */
const inverse = (value: bigint, modulus: bigint): bigint => {
  let [a, b, x, y] = [mod(value, modulus), modulus, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b, x, y] = [b - quotient * a, a, y - quotient * x, x]
  }
  return mod(x, modulus)
}

const double = ([x, y, z]: Point): Point => {
  const yy = mod(y * y)
  const s = mod(4n * x * yy)
  const zz = mod(z * z)
  const m = mod(3n * (x - zz) * (x + zz))
  const newX = mod(m * m - 2n * s)
  return [newX, mod(m * (s - newX) - 8n * yy * yy), mod(2n * y * z)]
}

const add = (a: Point, b: Point): Point => {
  if (a[2] === 0n) return b
  if (b[2] === 0n) return a
  const [az, bz] = [mod(a[2] * a[2]), mod(b[2] * b[2])]
  const [u, v] = [mod(a[0] * bz), mod(b[0] * az)]
  const [s, t] = [mod(a[1] * bz * b[2]), mod(b[1] * az * a[2])]
  if (u === v) return s === t ? double(a) : INFINITY
  const h = mod(v - u)
  const r = mod(t - s)
  const hh = mod(h * h)
  const hhh = mod(h * hh)
  const w = mod(u * hh)
  const x = mod(r * r - hhh - 2n * w)
  return [x, mod(r * (w - x) - s * hhh), mod(h * a[2] * b[2])]
}

// the generator doubled again and again: the same for every product
const DOUBLED: Point[] = [GENERATOR]

const times = (factor: bigint, doubled: Point[]): Point => {
  let sum = INFINITY
  let left = factor
  for (let bit = 0; left > 0n; bit++, left >>= 1n) {
    const addend = (doubled[bit] ??= double(doubled[bit - 1]!))
    if (left & 1n) sum = add(sum, addend)
  }
  return sum
}

const plain = (point: Point): readonly [x: bigint, y: bigint] => {
  const z = inverse(point[2], P)
  const zz = mod(z * z)
  return [mod(point[0] * zz), mod(point[1] * zz * z)]
}

const multiply = (factor: bigint): readonly [x: bigint, y: bigint] => plain(times(factor, DOUBLED))

const toBytes = (value: bigint): Uint8Array =>
  Uint8Array.from(value.toString(16).padStart(64, '0').match(/../g)!, (pair) => parseInt(pair, 16))

const hashOf = (...parts: readonly Uint8Array[]): bigint => BigInt(`0x${sha256(concat(parts))}`)

/** A private key that follows from a text: whoever knows the text has it. */
export const keyFrom = (text: Uint8Array): bigint => (hashOf(text) % (N - 1n)) + 1n

/** The public key, uncompressed. */
export const publicKeyOf = (key: bigint): Uint8Array => {
  const [x, y] = multiply(key)
  return concat([Uint8Array.of(4), toBytes(x), toBytes(y)])
}

const rsOf = (key: bigint, message: Uint8Array): readonly [r: Uint8Array, s: Uint8Array] => {
  const digest = hashOf(message)
  for (let attempt = 0; ; attempt++) {
    const nonce = keyFrom(concat([toBytes(key), toBytes(digest), Uint8Array.of(attempt)]))
    const r = multiply(nonce)[0] % N
    const s = mod(inverse(nonce, N) * (digest + r * key), N)
    if (r !== 0n && s !== 0n) return [toBytes(r), toBytes(s)]
  }
}

/** ECDSA with SHA-256, as it stands in certificates. The same message gets the same signature. */
export const sign = (key: bigint, message: Uint8Array): Uint8Array =>
  sequence(...rsOf(key, message).map(integer))

/** The same as it stands in JSON Web Tokens. RFC 7518, 3.4 */
export const signPlainly = (key: bigint, message: Uint8Array): Uint8Array =>
  concat(rsOf(key, message))

const toNumber = (bytes: Uint8Array): bigint =>
  BigInt(`0x00${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`)

const isPoint = (x: bigint, y: bigint): boolean =>
  x < P && y < P && mod(y * y) === mod(x * x * x - 3n * x + B)

/** Whether the signature of a JSON Web Token is that of the key at (`x`, `y`). */
export const verifyPlainly = (
  x: Uint8Array,
  y: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const [keyX, keyY] = [toNumber(x), toNumber(y)]
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))]
  const isInRange = r > 0n && r < N && s > 0n && s < N
  if (signature.length !== 64 || !isInRange || !isPoint(keyX, keyY)) return false
  const inverted = inverse(s, N)
  const sum = add(
    times(mod(hashOf(message) * inverted, N), DOUBLED),
    times(mod(r * inverted, N), [[keyX, keyY, 1n]]),
  )
  return sum[2] !== 0n && plain(sum)[0] % N === r
}
