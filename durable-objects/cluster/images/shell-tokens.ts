// Splits a small shell script into words and operators. What it does not know makes the script unreadable.

/** A part of a word: text, a variable, or something whose value nobody knows (a command substitution). */
export type WordPart =
  | { readonly text: string }
  | { readonly variable: string }
  | { readonly unknown: true }

export type Token =
  | { readonly kind: 'word'; readonly parts: readonly WordPart[]; readonly quoted: boolean }
  | { readonly kind: 'operator'; readonly text: string }

const OPERATORS = [
  '&&',
  '||',
  ';;',
  '>>',
  '<<',
  '>&',
  ';',
  '&',
  '|',
  '>',
  '<',
  '\n',
  '(',
  ')',
] as const
const BLANK = /[ \t\r]/
const WORD_END = /[ \t\r\n;&|<>()]/
const VARIABLE = /^\$(?:\{(\w+)\}|([A-Za-z_]\w*|[?#@*!$0-9]))/

/** The tokens of a script; undefined if it has unfinished quotes. */
export const shellTokens = (script: string): readonly Token[] | undefined => {
  const tokens: Token[] = []
  let at = 0
  while (at < script.length) {
    const character = script[at]!
    if (BLANK.test(character)) at++
    else if (script.startsWith('\\\n', at)) at += 2
    else if (character === '#') at = endOf(script, '\n', at)
    else {
      const operator = OPERATORS.find((text) => script.startsWith(text, at))
      if (operator !== undefined) {
        tokens.push({ kind: 'operator', text: operator })
        at += operator.length
        continue
      }
      const word = readWord(script, at)
      if (word === undefined) return undefined
      tokens.push(word.token)
      at = word.end
    }
  }
  return tokens
}

const endOf = (script: string, what: string, from: number): number => {
  const end = script.indexOf(what, from)
  return end < 0 ? script.length : end
}

const readWord = (script: string, start: number): { token: Token; end: number } | undefined => {
  const parts: WordPart[] = []
  let quoted = false
  let at = start
  while (at < script.length && !WORD_END.test(script[at]!)) {
    const character = script[at]!
    if (character === "'") {
      const end = script.indexOf("'", at + 1)
      if (end < 0) return undefined
      quoted = true
      parts.push({ text: script.slice(at + 1, end) })
      at = end + 1
    } else if (character === '"') {
      const inner = readDoubleQuoted(script, at + 1)
      if (inner === undefined) return undefined
      quoted = true
      parts.push(...inner.parts)
      at = inner.end
    } else if (character === '\\') {
      parts.push({ text: script[at + 1] ?? '' })
      at += 2
    } else {
      const part = readPart(script, at)
      if (part === undefined) return undefined
      parts.push(part.part)
      at = part.end
    }
  }
  return { token: { kind: 'word', parts, quoted }, end: at }
}

const readDoubleQuoted = (
  script: string,
  start: number,
): { parts: readonly WordPart[]; end: number } | undefined => {
  const parts: WordPart[] = [{ text: '' }]
  let at = start
  while (at < script.length) {
    if (script[at] === '"') return { parts, end: at + 1 }
    if (script[at] === '\\' && /["\\$`]/.test(script[at + 1] ?? '')) {
      parts.push({ text: script[at + 1]! })
      at += 2
      continue
    }
    const part = readPart(script, at)
    if (part === undefined) return undefined
    parts.push(part.part)
    at = part.end
  }
  return undefined
}

/** One character, a variable, or a whole command substitution. */
const readPart = (script: string, at: number): { part: WordPart; end: number } | undefined => {
  if (script[at] === '`') {
    const end = script.indexOf('`', at + 1)
    return end < 0 ? undefined : { part: { unknown: true }, end: end + 1 }
  }
  if (script[at] !== '$') return { part: { text: script[at]! }, end: at + 1 }
  if (script[at + 1] === '(') {
    const end = closingParenthesis(script, at + 1)
    return end === undefined ? undefined : { part: { unknown: true }, end }
  }
  const match = VARIABLE.exec(script.slice(at))
  if (match === null)
    return script[at + 1] === '{'
      ? { part: { unknown: true }, end: endOf(script, '}', at) + 1 }
      : { part: { text: '$' }, end: at + 1 }
  return { part: { variable: (match[1] ?? match[2])! }, end: at + match[0].length }
}

const closingParenthesis = (script: string, open: number): number | undefined => {
  let depth = 0
  for (let at = open; at < script.length; at++) {
    if (script[at] === '(') depth++
    if (script[at] === ')' && --depth === 0) return at + 1
  }
  return undefined
}
