// Where a motion of vi leads.
import { lineEnd, lineStart } from './editing.ts'

/** 0: a blank; 1: of a word; 2: anything else. */
const classOf = (character: string | undefined): number => {
  if (character === undefined || /\s/.test(character)) return 0
  return /\w/.test(character) ? 1 : 2
}

/** Where the cursor of the normal mode may stand at most. */
export const lastOf = (text: string, at: number): number =>
  Math.max(lineStart(text, at), lineEnd(text, at) - 1)

const wordForward = (text: string, from: number): number => {
  let at = from
  const kind = classOf(text[at])
  if (kind !== 0) at += /^(?:\w+|[^\w\s]+)/.exec(text.slice(at))![0].length
  while (at < text.length && classOf(text[at]) === 0) at++
  return at
}

const wordBack = (text: string, from: number): number => {
  let at = from - 1
  while (at > 0 && classOf(text[at]) === 0) at--
  while (at > 0 && classOf(text[at - 1]) === classOf(text[at])) at--
  return Math.max(0, at)
}

const wordEnd = (text: string, from: number): number => {
  let at = from + 1
  while (at < text.length && classOf(text[at]) === 0) at++
  while (at + 1 < text.length && classOf(text[at + 1]) === classOf(text[at])) at++
  return Math.min(at, text.length)
}

export const firstOfLine = (text: string, at: number): number => {
  const start = lineStart(text, at)
  return start + /^[ \t]*/.exec(text.slice(start, lineEnd(text, at)))![0].length
}

const lineBelow = (text: string, at: number): number => {
  const end = lineEnd(text, at)
  const below = end + 1
  if (below >= text.length) return at
  return Math.min(below + at - lineStart(text, at), lastOf(text, below))
}

const lineAbove = (text: string, at: number): number => {
  const start = lineStart(text, at)
  if (start === 0) return at
  return Math.min(lineStart(text, start - 1) + at - start, lastOf(text, start - 1))
}

/** The beginning of a line, counted from 1. */
export const ofLine = (text: string, line: number): number => {
  const lines = text.replace(/\n$/, '').split('\n')
  const before = lines.slice(0, Math.max(0, Math.min(line, lines.length) - 1))
  const start = before.reduce((length, one) => length + one.length + 1, 0)
  return firstOfLine(text, start)
}

const STEPS: Readonly<Record<string, (text: string, at: number) => number>> = {
  h: (text, at) => Math.max(lineStart(text, at), at - 1),
  l: (text, at) => Math.min(lineEnd(text, at), at + 1),
  j: lineBelow,
  k: lineAbove,
  w: wordForward,
  b: wordBack,
  e: wordEnd,
}

export interface Motion {
  readonly to: number
  /** What an operator takes is whole lines. */
  readonly isLinewise?: true
  /** The character that it leads to belongs to it. */
  readonly isInclusive?: true
}

/** undefined: it is none. */
export const motionOf = (
  text: string,
  at: number,
  key: string,
  count: number | undefined,
): Motion | undefined => {
  const line = (to: number): Motion => ({ to, isLinewise: true })
  if (key === 'gg') return line(ofLine(text, count ?? 1))
  if (key === 'G') return line(ofLine(text, count ?? Infinity))
  if (key === '0') return { to: lineStart(text, at) }
  if (key === '^') return { to: firstOfLine(text, at) }
  if (key === '$') return { to: lineEnd(text, at) }
  const step = Object.hasOwn(STEPS, key) ? STEPS[key] : undefined
  if (step === undefined) return undefined
  let to = at
  for (let left = Math.min(count ?? 1, 10_000); left > 0; left--) to = step(text, to)
  if (key === 'j' || key === 'k') return line(to)
  return key === 'e' ? { to, isInclusive: true } : { to }
}
