// kubernetes: pkg/controller/controller_utils.go ComputeHash, apimachinery pkg/util/rand SafeEncodeString

const SAFE_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** Decimal digits as letters and digits that form no words. */
export const safeEncode = (text: string): string =>
  Array.from(text, (letter) => SAFE_LETTERS[letter.charCodeAt(0) % SAFE_LETTERS.length]).join('')

/** JSON with sorted keys: equal values give equal text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/** FNV-1a, 32 bits, over UTF-16 code units taken as two bytes each. */
export const fnv32a = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  return hash >>> 0
}

/**
 * The hash in `pod-template-hash` and in the names of ControllerRevisions. Another `collisionCount` gives another hash.
 * differs: upstream hashes Go's dump of the struct, so the same template has another hash there.
 */
export const templateHash = (template: unknown, collisionCount: number | undefined): string =>
  safeEncode(String(fnv32a(`${canonicalJson(template)}${collisionCount ?? ''}`)))
