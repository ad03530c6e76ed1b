// What `s` makes of a text.
import type { Pattern } from '#apimachinery/re2.ts'
import type { Part, Substitution } from '#shell/tools/sed/script.ts'

/** undefined: nothing matched. */
export const substitute = (
  text: string,
  pattern: Pattern,
  { replacement, isGlobal, nth }: Substitution,
): string | undefined => {
  let result = ''
  let copied = 0
  let count = 0
  let at = 0
  let lastEnd = -1
  while (at <= text.length) {
    const found = pattern.exec(text, at)
    if (found === undefined) break
    const [start, end] = [found[0]!, found[1]!]
    // an empty match right after a match is none
    const isEmptyAfter = start === end && start === lastEnd
    if (!isEmptyAfter) {
      count++
      lastEnd = end
      if (count >= nth) {
        result += text.slice(copied, start) + filled(replacement, text, found)
        copied = end
        if (!isGlobal) break
      }
    }
    at = end > start ? end : start + 1
  }
  return count < nth ? undefined : result + text.slice(copied)
}

const filled = (parts: readonly Part[], text: string, found: readonly number[]): string => {
  let result = ''
  let lasting = ''
  let once = ''
  for (const part of parts) {
    if (typeof part === 'object') {
      if (part.change === 'u' || part.change === 'l') once = part.change
      else lasting = part.change === 'E' ? '' : part.change
      continue
    }
    const start = typeof part === 'number' ? (found[part * 2] ?? -1) : 0
    let piece =
      typeof part === 'string' ? part : start < 0 ? '' : text.slice(start, found[part * 2 + 1])
    if (lasting === 'U') piece = piece.toUpperCase()
    if (lasting === 'L') piece = piece.toLowerCase()
    if (once !== '' && piece !== '') {
      const first = once === 'u' ? piece[0]!.toUpperCase() : piece[0]!.toLowerCase()
      piece = first + piece.slice(1)
      once = ''
    }
    result += piece
  }
  return result
}
