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
export const generateName = (base: string, random: Random): string => base.slice(0, MAX_GENERATED_NAME - SUFFIX_LENGTH) + randomSuffix(random)

const hex = (value: number, digits: number): string => value.toString(16).padStart(8, '0').slice(8 - digits)

/** A random UUID, version 4. */
export const newUid = (random: Random): string => {
  const [a, b, c, d] = [random.next(), random.next(), random.next(), random.next()]
  const variant = ((c >>> 16) & 0x3fff) | 0x8000
  return `${hex(a, 8)}-${hex(b >>> 16, 4)}-4${hex(b & 0xfff, 3)}-${hex(variant, 4)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`
}
