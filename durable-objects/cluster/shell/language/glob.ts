// Patterns of the shell: `*`, `?`, `[a-z]`. A match takes time in proportion to both texts.

type Item =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly test: (c: string) => boolean }

export class Glob {
  readonly #items: readonly Item[]
  /** The text that it stands for if it has no special character. */
  readonly literal: string | undefined

  constructor(pattern: string) {
    this.#items = itemsOf(pattern)
    this.literal = this.#items.every((item) => item.kind === 'literal')
      ? this.#items.map((item) => (item.kind === 'literal' ? item.text : '')).join('')
      : undefined
  }

  /** Whether the pattern is the whole of the text from `start` to `end`. */
  matches(text: string, start = 0, end = text.length): boolean {
    const items = this.#items
    let at = start
    let item = 0
    let star = -1
    let starAt = 0
    while (at < end) {
      const current = items[item]
      if (current?.kind === 'star') {
        star = item++
        starAt = at
      } else if (current !== undefined && isOne(current, text[at]!)) {
        item++
        at++
      } else if (star >= 0) {
        item = star + 1
        at = ++starAt
      } else return false
    }
    while (items[item]?.kind === 'star') item++
    return item === items.length
  }

  /** Whether a file's name fits: a leading dot has to be named. */
  matchesName(name: string): boolean {
    const [first] = this.#items
    if (name.startsWith('.') && !(first?.kind === 'literal' && first.text === '.')) return false
    return this.matches(name)
  }
}

const isOne = (item: Item, character: string): boolean => {
  if (item.kind === 'any') return true
  if (item.kind === 'literal') return item.text === character
  return item.kind === 'set' && item.test(character) !== item.isNegated
}

/** Makes every character stand for itself. */
export const quoteGlob = (text: string): string => text.replace(/[\\*?[\]!^-]/g, '\\$&')

export const hasGlob = (pattern: string): boolean => /(^|[^\\])(\\\\)*[*?[]/.test(pattern)

const itemsOf = (pattern: string): readonly Item[] => {
  const items: Item[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '*') {
      if (items.at(-1)?.kind !== 'star') items.push({ kind: 'star' })
    } else if (character === '?') items.push({ kind: 'any' })
    else if (character === '\\' && at + 1 < pattern.length)
      items.push({ kind: 'literal', text: pattern[++at]! })
    else if (character === '[') {
      const set = setAt(pattern, at)
      if (set === undefined) items.push({ kind: 'literal', text: '[' })
      else {
        items.push(set.item)
        at = set.end
      }
    } else items.push({ kind: 'literal', text: character })
  }
  return items
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  cntrl: /[\0-\x1f\x7f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
}

const setAt = (pattern: string, open: number): { item: Item; end: number } | undefined => {
  let at = open + 1
  const isNegated = pattern[at] === '!' || pattern[at] === '^'
  if (isNegated) at++
  const tests: ((character: string) => boolean)[] = []
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    if (pattern[at] === ']' && !isFirst) {
      const test = (character: string): boolean => tests.some((one) => one(character))
      return { item: { kind: 'set', isNegated, test }, end: at }
    }
    const named = /^\[:(\w+):\]/.exec(pattern.slice(at, at + 12))
    const known = named === null ? undefined : CLASSES[named[1]!]
    if (named !== null && known !== undefined) {
      tests.push((character) => known.test(character))
      at += named[0].length
      continue
    }
    if (pattern[at] === '\\' && at + 1 < pattern.length) at++
    const from = pattern[at++]!
    if (pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      const to = pattern[at + 1]!
      tests.push((character) => character >= from && character <= to)
      at += 2
    } else tests.push((character) => character === from)
  }
  return undefined
}

/** The prefix or suffix that the pattern matches, cut off. */
export const withoutMatch = (
  text: string,
  pattern: Glob,
  end: 'start' | 'end',
  size: 'shortest' | 'longest',
): string => {
  const last = text.length
  for (let step = 0; step <= last; step++) {
    const length = size === 'shortest' ? step : last - step
    if (end === 'start' ? pattern.matches(text, 0, length) : pattern.matches(text, last - length))
      return end === 'start' ? text.slice(length) : text.slice(0, last - length)
  }
  return text
}

/** `most` is how many characters are looked at before the rest is left as it is: each may be a beginning. */
export const replaceMatches = (
  text: string,
  pattern: Glob,
  replacement: string,
  where: 'first' | 'all' | 'start' | 'end',
): string => {
  if (pattern.literal === '')
    return where === 'start' ? replacement + text : where === 'end' ? text + replacement : text
  if (where === 'end') {
    const rest = withoutMatch(text, pattern, 'end', 'longest')
    return rest.length === text.length && !pattern.matches('') ? text : rest + replacement
  }
  let out = ''
  let at = 0
  while (at < text.length) {
    const end = longestFrom(text, at, pattern)
    if (end === undefined || end === at) {
      if (where === 'start') return text
      out += text[at++]!
      continue
    }
    out += replacement
    at = end
    if (where !== 'all') return out + text.slice(at)
  }
  return out
}

const longestFrom = (text: string, from: number, pattern: Glob): number | undefined => {
  if (pattern.literal !== undefined)
    return text.startsWith(pattern.literal, from) ? from + pattern.literal.length : undefined
  for (let end = text.length; end >= from; end--) if (pattern.matches(text, from, end)) return end
  return undefined
}
