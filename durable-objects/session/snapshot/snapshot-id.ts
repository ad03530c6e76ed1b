// A snapshot's id says what it holds: 52 letters of base32 (RFC 4648, small, without padding) for the 256 bits of its hash.

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** The last letter holds one bit: four of its five are always zero. */
const ID = /^[a-z2-7]{51}[aq]$/

export const isSnapshotId = (text: string): boolean => ID.test(text)

export const snapshotIdOf = (hash: Uint8Array): string => {
  let id = ''
  let bits = 0
  let held = 0
  for (const byte of hash) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      id += ALPHABET[(held >>> bits) & 31]!
    }
  }
  return bits === 0 ? id : id + ALPHABET[(held << (5 - bits)) & 31]!
}
