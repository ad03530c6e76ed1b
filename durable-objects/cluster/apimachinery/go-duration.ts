import { quote } from '#apimachinery/field-error.ts'

const MILLISECONDS: { readonly [unit: string]: number | undefined } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** `1h30m` in milliseconds, or what Go's time.ParseDuration says is wrong with it. */
export const parseGoDuration = (text: string): number | string => {
  const invalid = `time: invalid duration ${quote(text)}`
  const [, sign = '', rest = ''] = /^([+-]?)([^]*)$/.exec(text)!
  if (rest === '0') return 0
  if (rest === '') return invalid
  let total = 0
  let left = rest
  while (left !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(left)
    if (number === null) return invalid
    left = left.slice(number[0].length)
    const unit = /^[^\d.]+/.exec(left)
    if (unit === null) return `time: missing unit in duration ${quote(text)}`
    const factor = MILLISECONDS[unit[0]]
    if (factor === undefined)
      return `time: unknown unit ${quote(unit[0])} in duration ${quote(text)}`
    total += Number(number[0]) * factor
    left = left.slice(unit[0].length)
  }
  return sign === '-' ? -total : total
}
