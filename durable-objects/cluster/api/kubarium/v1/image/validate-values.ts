// What fields of an Image are checked for, whatever they mean.
import { at, type FieldError, invalidValue, tooLong, tooMany } from '#apimachinery/field-error.ts'
import { parseGoDuration } from '#apimachinery/go-duration.ts'
import { byteLength, isInRange } from '#apimachinery/validation/names.ts'

const LONGEST_DURATION = 24 * 3_600_000
const LONGEST_SHOWN = 64

export type Check<T> = (
  path: string,
  value: T,
  index: number,
  all: readonly T[],
) => readonly FieldError[]

/** Looks at no more of a list than there may be in it. */
export const atMost = <T>(
  path: string,
  list: readonly T[] | undefined,
  most: number,
  check: Check<T>,
): readonly FieldError[] => {
  if (list === undefined) return []
  const kept = list.slice(0, most)
  return [
    ...(list.length > most ? [tooMany(path, list.length, most)] : []),
    ...kept.flatMap((value, index) => check(at(path, index), value, index, kept)),
  ]
}

/** A wrong value as a message shows it. */
export const words = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text

export const checked = (
  path: string,
  value: unknown,
  messages: readonly string[],
): readonly FieldError[] =>
  messages.map((message) =>
    invalidValue(path, typeof value === 'string' ? words(value) : value, message),
  )

export const validateText = (
  path: string,
  text: string | undefined,
  longest: number,
): readonly FieldError[] =>
  text !== undefined && byteLength(text) > longest ? [tooLong(path, longest)] : []

export const inRange = (
  path: string,
  value: number | undefined,
  low: number,
  high: number,
): readonly FieldError[] =>
  value === undefined ? [] : checked(path, value, isInRange(value, low, high))

export const validateDuration = (
  path: string,
  text: string | undefined,
  least = 0,
): readonly FieldError[] => {
  if (text === undefined) return []
  const value = text.length > LONGEST_SHOWN ? 'too long for a duration' : parseGoDuration(text)
  if (typeof value === 'string') return [invalidValue(path, words(text), value)]
  return value >= least && value <= LONGEST_DURATION
    ? []
    : [invalidValue(path, text, `must be between ${least / 1000}s and 24h`)]
}
