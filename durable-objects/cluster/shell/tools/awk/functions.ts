// awk's own functions, as far as they only compute.
import type { Pattern } from '#apimachinery/re2.ts'
import { sprintf, toNumber, toText, type Value } from '#shell/tools/awk/values.ts'

export const substring = (text: string, start: number, length: number | undefined): string => {
  const first = Math.round(start)
  const end = length === undefined ? Infinity : first + Math.round(length)
  const from = Math.max(1, first)
  return Number.isNaN(end) || end <= from
    ? ''
    : text.slice(from - 1, end === Infinity ? undefined : end - 1)
}

/** What `sub` and `gsub` make of it, and how many they replaced. `&` is the match, `\\&` an ampersand. */
export const replaceMatches = (
  text: string,
  pattern: Pattern,
  replacement: string,
  isGlobal: boolean,
): readonly [string, number] => {
  let result = ''
  let copied = 0
  let count = 0
  let lastEnd = -1
  for (let at = 0; at <= text.length;) {
    const found = pattern.exec(text, at)
    if (found === undefined) break
    const [start, end] = [found[0]!, found[1]!]
    if (!(start === end && start === lastEnd)) {
      count++
      lastEnd = end
      result += text.slice(copied, start) + filled(replacement, text.slice(start, end))
      copied = end
      if (!isGlobal) break
    }
    at = end > start ? end : start + 1
  }
  return [result + text.slice(copied), count]
}

const filled = (replacement: string, match: string): string =>
  replacement.replace(/\\(\\|&)|&/g, (whole, escaped: string | undefined) =>
    escaped === undefined ? match : whole === '\\\\' ? '\\' : '&',
  )

type Compute = (values: readonly Value[], format: string) => Value

const text = (value: Value, format: string): string => toText(value, format)

export const FUNCTIONS: Readonly<Record<string, Compute>> = {
  substr: ([value, start, length], format) =>
    substring(
      text(value, format),
      toNumber(start),
      length === undefined ? undefined : toNumber(length),
    ),
  index: ([value, part], format) => text(value, format).indexOf(text(part, format)) + 1,
  tolower: ([value], format) => text(value, format).toLowerCase(),
  toupper: ([value], format) => text(value, format).toUpperCase(),
  sprintf: ([format, ...values], outputFormat) =>
    sprintf(text(format, outputFormat), values, outputFormat),
  int: ([value]) => Math.trunc(toNumber(value)),
  sqrt: ([value]) => Math.sqrt(toNumber(value)),
  exp: ([value]) => Math.exp(toNumber(value)),
  log: ([value]) => Math.log(toNumber(value)),
  sin: ([value]) => Math.sin(toNumber(value)),
  cos: ([value]) => Math.cos(toNumber(value)),
  atan2: ([y, x]) => Math.atan2(toNumber(y), toNumber(x)),
}
