// RFC 7468
import { decodeBase64 } from '#apimachinery/base64.ts'

/** What stands in the first block of a type; undefined if there is none. */
export const derOf = (type: string, text: string): Uint8Array | undefined => {
  const block = new RegExp(`-----BEGIN ${type}-----([^-]+)-----END ${type}-----`).exec(text)?.[1]
  return block === undefined ? undefined : decodeBase64(block.replace(/\s+/g, ''))
}
