// kubernetes: pkg/apis/batch/validation/validation.go validateIndexesFormat, parseIndexInterval, validateFailedIndexesNotOverlapCompleted
import { quote } from '#apimachinery/field-error.ts'

/** First and last index, or what is wrong with the text. */
const parseInterval = (text: string, completions: number): readonly [number, number] | string => {
  const limits = text.split('-')
  if (limits.length > 2)
    return `the fragment ${quote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`
  for (const limit of limits) {
    if (!/^[+-]?\d+$/.test(limit))
      return `cannot convert string to integer for index: ${quote(limit)}`
    if (Number(limit) >= completions) return `too large index: ${quote(limit)}`
  }
  const [first, last = first] = limits.map(Number) as [number, number?]
  return limits.length > 1 && first >= last
    ? `non-increasing order, previous: ${first}, current: ${last}`
    : [first, last]
}

/** How many indexes `0,3-5` names, or what is wrong with it. */
export const countIndexes = (text: string, completions: number): number | string => {
  if (text === '') return 0
  let previous: number | undefined
  let total = 0
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    if (typeof interval === 'string') return interval
    const [first, last] = interval
    if (previous !== undefined && previous >= first)
      return `non-increasing order, previous: ${previous}, current: ${first}`
    total += last - first + 1
    previous = last
  }
  return total
}

/** The first index that both name, as far as they can be read. */
export const overlapOf = (a: string, b: string, completions: number): number | undefined => {
  const intervalsOf = (text: string) =>
    text.split(',').flatMap((part) => {
      const interval = parseInterval(part, completions)
      return typeof interval === 'string' ? [] : [interval]
    })
  const [left, right] = [intervalsOf(a), intervalsOf(b)]
  for (let at = 0, beside = 0; at < left.length && beside < right.length;) {
    const [first, last] = left[at]!
    const [otherFirst, otherLast] = right[beside]!
    if (first <= otherLast && otherFirst <= last) return Math.max(first, otherFirst)
    if (first <= otherFirst) at++
    else beside++
  }
  return undefined
}
