// Long pieces that stand in a dictionary, too, are named instead of repeated. Short ones are left to the compressor behind this, which
// knows better how to write them.
import { NumberReader, NumberWriter } from './numbers.ts'
import { damaged } from './problem.ts'

/** Bytes that both sides have, and where its pieces are. */
export interface Dictionary {
  readonly bytes: Uint8Array
  readonly table: Int32Array
}

/** Tried from 8 to 64 on a real session: less makes many small copies, whose places cost more than the text. */
const SHORTEST = 32
/** How much of a piece is hashed. */
const HASHED = 12
const TABLE_BITS = 17

const hashAt = (bytes: Uint8Array, at: number): number => {
  let hash = 0
  for (let index = at; index < at + HASHED; index += 4) {
    const word =
      bytes[index]! |
      (bytes[index + 1]! << 8) |
      (bytes[index + 2]! << 16) |
      (bytes[index + 3]! << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return Math.imul(hash, 0x2c1b3c6d) >>> (32 - TABLE_BITS)
}

export const dictionaryOf = (bytes: Uint8Array): Dictionary => {
  const table = new Int32Array(1 << TABLE_BITS)
  for (let at = 0; at + HASHED <= bytes.length; at++) table[hashAt(bytes, at)] = at + 1
  return { bytes, table }
}

/** How many bytes are alike from `at` and from `from` on. */
const alike = (bytes: Uint8Array, at: number, dictionary: Uint8Array, from: number): number => {
  const most = Math.min(bytes.length - at, dictionary.length - from)
  let length = 0
  while (length < most && bytes[at + length] === dictionary[from + length]) length++
  return length
}

export interface Copied {
  /** What is in no dictionary. */
  readonly rest: Uint8Array
  /** For each copy: how much of the rest stands before it, its length, its place against where the last one would go on. */
  readonly copies: NumberWriter
}

export const copiesFrom = (dictionary: Dictionary, bytes: Uint8Array): Copied => {
  const { bytes: known, table } = dictionary
  const rest = new Uint8Array(bytes.length)
  const copies = new NumberWriter()
  let kept = 0
  let pending = 0
  let expected = 0
  const end = bytes.length - SHORTEST
  for (let at = 0; at < bytes.length;) {
    const source = at > end ? -1 : sourceOf(bytes, at, known, table, expected)
    if (source < 0) {
      // nothing so long begins here
      rest[kept + pending++] = bytes[at++]!
      if (expected > 0 && expected < known.length) expected++
      continue
    }
    const length = alike(bytes, at, known, source)
    copies.put(pending)
    copies.put(length)
    copies.putSigned(source - expected)
    kept += pending
    pending = 0
    expected = source + length
    at += length
  }
  return { rest: rest.subarray(0, kept + pending), copies }
}

const sourceOf = (
  bytes: Uint8Array,
  at: number,
  known: Uint8Array,
  table: Int32Array,
  expected: number,
): number => {
  if (expected > 0 && alike(bytes, at, known, expected) >= SHORTEST) return expected
  const source = table[hashAt(bytes, at)]! - 1
  return source >= 0 && alike(bytes, at, known, source) >= SHORTEST ? source : -1
}

/** The bytes that were made into copies; `most` bounds them before anything is made. */
export const expandCopies = (
  dictionary: Uint8Array,
  rest: Uint8Array,
  copies: Uint8Array,
  length: number,
): Uint8Array => {
  const bytes = new Uint8Array(length)
  const numbers = new NumberReader(copies)
  let [filled, used, expected] = [0, 0, 0]
  while (!numbers.isAtEnd) {
    const [before, copied, step] = [numbers.read(), numbers.read(), numbers.readSigned()]
    if (expected > 0) expected = Math.min(expected + before, dictionary.length)
    const source = expected + step
    if (used + before > rest.length || filled + before + copied > length)
      throw damaged('a piece does not fit')
    if (source < 0 || source + copied > dictionary.length) throw damaged('a piece is missing')
    bytes.set(rest.subarray(used, used + before), filled)
    bytes.set(dictionary.subarray(source, source + copied), filled + before)
    used += before
    filled += before + copied
    expected = source + copied
  }
  if (filled + rest.length - used !== length) throw damaged('a piece is missing')
  bytes.set(rest.subarray(used), filled)
  return bytes
}
