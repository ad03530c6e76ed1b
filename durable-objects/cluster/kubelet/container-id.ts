/** 64 hexadecimal digits that follow from what they name, so that they need no memory. */
export const digest = (text: string): string => {
  const [a, b] = [hash(text, 0), hash(text, 1)]
  let result = ''
  for (let word = 0; word < 8; word++)
    result += mixed((a + Math.imul(b, word)) >>> 0)
      .toString(16)
      .padStart(8, '0')
  return result
}

export const containerId = (uid: string, container: string, restarts: number): string =>
  digest(`${uid}/${container}/${restarts}`)

// FNV-1a with a seed.
const hash = (text: string, seed: number): number => {
  let h = (2_166_136_261 ^ Math.imul(seed + 1, 0x9e3779b9)) >>> 0
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 16_777_619)
  return mixed(h)
}

const mixed = (value: number): number => {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
