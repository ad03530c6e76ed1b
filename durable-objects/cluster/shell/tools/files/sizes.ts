// Sizes for people.

const LETTERS = 'BKMGTP'

/** `512`, `1.5K`, `20M`; rounded up, as GNU does. */
export const humanSize = (bytes: number, family: 'gnu' | 'busybox' = 'gnu'): string => {
  let value = bytes
  let power = 0
  while (value >= 1024 && power < LETTERS.length - 1) {
    value /= 1024
    power++
  }
  if (power === 0) return String(bytes)
  const shown =
    family === 'gnu'
      ? value < 10
        ? (Math.ceil(value * 10) / 10).toFixed(1)
        : String(Math.ceil(value))
      : value.toFixed(1)
  return shown + LETTERS[power]!
}

const BLOCK = 4096

/** Kilobytes that a file takes on a disk. */
export const diskKilobytes = (size: number, isDirectory: boolean): number =>
  isDirectory ? 4 : Math.ceil(size / BLOCK) * 4
