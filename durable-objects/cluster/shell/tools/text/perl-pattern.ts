// grep -P: what of Perl's expressions can be looked for in linear time. `\K` anywhere, `(?<=…)` at the beginning and `(?=…)` at the end say
// which part of a match counts; other assertions cannot be had that way.
import { compilePattern, type Pattern, PatternError } from '#apimachinery/re2.ts'

/** Where the parenthesis that opens at `from` closes. */
const closing = (source: string, from: number): number => {
  let depth = 0
  let isSet = false
  for (let at = from; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') at++
    else if (isSet) isSet = character !== ']'
    else if (character === '[') isSet = true
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return at
  }
  return -1
}

interface Parts {
  readonly before: string
  readonly counted: string
  readonly after: string
}

const partsOf = (source: string): Parts => {
  let [before, counted, after] = ['', source, '']
  if (counted.startsWith('(?<=')) {
    const end = closing(counted, 0)
    before = `(?:${counted.slice('(?<='.length, end)})`
    counted = counted.slice(end + 1)
  }
  const kept = /^((?:[^\\]|\\[^K])*?)\\K([^]*)$/.exec(counted)
  if (kept !== null) {
    before += `(?:${kept[1]!})`
    counted = kept[2]!
  }
  const ahead = counted.lastIndexOf('(?=')
  if (ahead >= 0 && closing(counted, ahead) === counted.length - 1) {
    after = `(?:${counted.slice(ahead + '(?='.length, -1)})`
    counted = counted.slice(0, ahead)
  }
  return { before, counted, after }
}

export const compilePerl = (source: string, ignoreCase: boolean): Pattern => {
  const { before, counted, after } = partsOf(source)
  if (/\(\?(?:<?[=!]|>)/.test(before + counted + after))
    throw new PatternError('this assertion is not known here')
  if (before === '' && after === '') return compilePattern(source, { ignoreCase })
  const whole = compilePattern(`${before}(?P<counted>${counted})${after}`, { ignoreCase })
  const index = groupsIn(before) + 1
  return {
    ...whole,
    exec: (text, from) => {
      const found = whole.exec(text, from)
      return found === undefined ? undefined : found.slice(index * 2)
    },
  }
}

const groupsIn = (source: string): number =>
  source.replace(/\\./g, '').match(/\((?!\?)|\(\?P?<[a-zA-Z]/g)?.length ?? 0
