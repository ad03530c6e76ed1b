// Most UIDs of a cluster are drawn from its own chance, which is a function of its seed and a position: four numbers of 32 bits, of which
// the first is whole within the UID. The function can be turned around, so that a position stands for a UID of 16 bytes.
//
// This is chance as it was when the encoding was made (`environment.ts`, `kube-apiserver/identity.ts`), and it stays so: what the engine
// draws otherwise one day is only stored at greater length.

const STEP = 0x9e3779b9
const FIRST = 0x85ebca6b
const SECOND = 0xc2b2ae35

/** The number by which `odd` is multiplied to get 1, modulo 2^32. */
const inverseOf = (odd: number): number => {
  let inverse = odd
  for (let bits = 3; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse))
  return inverse
}

const [STEP_BACK, FIRST_BACK, SECOND_BACK] = [inverseOf(STEP), inverseOf(FIRST), inverseOf(SECOND)]

const drawAt = (seed: number, position: number): number => {
  let z = (seed + Math.imul(position, STEP)) | 0
  z = Math.imul(z ^ (z >>> 16), FIRST)
  z = Math.imul(z ^ (z >>> 13), SECOND)
  return (z ^ (z >>> 16)) >>> 0
}

const positionOf = (seed: number, drawn: number): number => {
  let z = drawn ^ (drawn >>> 16)
  z = Math.imul(z, SECOND_BACK)
  z ^= (z >>> 13) ^ (z >>> 26)
  z = Math.imul(z, FIRST_BACK)
  z ^= z >>> 16
  return Math.imul(z - seed, STEP_BACK) >>> 0
}

const HEX = Array.from({ length: 0x100 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The lower 16 bits as four digits. */
const hex4 = (value: number): string => HEX[(value >>> 8) & 0xff]! + HEX[value & 0xff]!
const hex8 = (value: number): string => hex4(value >>> 16) + hex4(value)

/** The UID whose first number is at `position`. */
export const uidAt = (seed: number, position: number): string => {
  const [b, c] = [drawAt(seed, position + 1), drawAt(seed, position + 2)]
  const variant = ((c >>> 16) & 0x3fff) | 0x8000
  return `${hex8(drawAt(seed, position))}-${hex4(b >>> 16)}-${hex4((b & 0xfff) | 0x4000)}-${hex4(variant)}-${hex4(c)}${hex8(drawAt(seed, position + 3))}`
}

/** Where a UID was drawn; undefined if it was not. */
export const positionOfUid = (seed: number, uid: string): number | undefined => {
  const position = positionOf(seed, Number.parseInt(uid.slice(0, 8), 16))
  return uidAt(seed, position) === uid ? position : undefined
}
