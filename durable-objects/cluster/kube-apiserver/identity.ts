import type { Random } from '#environment.ts'

// kubernetes: apimachinery pkg/util/rand: no vowels (no words), no 0, 1, 3 (misread).
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const MAX_GENERATED_NAME = 63

export const randomSuffix = (random: Random): string => {
  let suffix = ''
  while (suffix.length < SUFFIX_LENGTH) suffix += SAFE_ALPHABET[random.below(SAFE_ALPHABET.length)]!
  return suffix
}

/** `web-` becomes `web-x7k2p`. kubernetes: apiserver pkg/storage/names/generate.go */
export const generateName = (base: string, random: Random): string =>
  base.slice(0, MAX_GENERATED_NAME - SUFFIX_LENGTH) + randomSuffix(random)

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The lower 16 bits as four digits. */
const hex4 = (value: number): string => BYTES[(value >>> 8) & 0xff]! + BYTES[value & 0xff]!
const hex8 = (value: number): string => hex4(value >>> 16) + hex4(value)

/** A random UUID, version 4. */
export const newUid = (random: Random): string => {
  const [a, b, c, d] = [random.next(), random.next(), random.next(), random.next()]
  const variant = ((c >>> 16) & 0x3fff) | 0x8000
  return `${hex8(a)}-${hex4(b >>> 16)}-${hex4((b & 0xfff) | 0x4000)}-${hex4(variant)}-${hex4(c)}${hex8(d)}`
}
