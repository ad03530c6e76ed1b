// Cuts awk programs into tokens.
import { AwkError } from '#shell/tools/awk/tree.ts'

export interface Token {
  readonly kind:
    | 'number'
    | 'string'
    | 'regex'
    | 'name'
    | 'call'
    | 'word'
    | 'operator'
    | 'newline'
    | 'end'
  readonly text: string
  readonly line: number
  /** Whether blanks stand before it. */
  readonly isApart: boolean
}

const WORDS = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
)
const OPERATORS = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
  '**',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
]
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** What a string in quotes, or a value of `-v`, stands for. */
export const unescape = (text: string): string =>
  text.replace(/\\([0-7]{1,3}|[^])/g, (whole, what: string) => {
    if (/^[0-7]/.test(what)) return String.fromCharCode(Number.parseInt(what, 8))
    if (what === '\n') return ''
    return Object.hasOwn(ESCAPES, what) ? ESCAPES[what]! : whole
  })

/** After these a `/` divides. */
const isOperand = (token: Token | undefined): boolean => {
  if (token === undefined) return false
  if (
    token.kind === 'number' ||
    token.kind === 'string' ||
    token.kind === 'name' ||
    token.kind === 'regex'
  )
    return true
  if (token.kind === 'word') return token.text === 'getline'
  return token.kind === 'operator' && [')', ']', '$', '++', '--'].includes(token.text)
}

export const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  let isApart = false
  const push = (kind: Token['kind'], text: string, length: number): void => {
    tokens.push({ kind, text, line, isApart })
    isApart = false
    at += length
  }
  while (at < source.length) {
    const char = source[at]!
    const rest = source.slice(at, at + 256)
    if (char === '\n') {
      push('newline', '\n', 1)
      line++
      continue
    }
    const blank = /^(?:[ \t\r]+|#[^\n]*|\\\r?\n)/.exec(char === '#' ? source.slice(at) : rest)
    if (blank !== null) {
      if (blank[0].includes('\n')) line++
      at += blank[0].length
      isApart = true
      continue
    }
    if (char === '"') {
      const end = closing(source, at, '"')
      push('string', unescape(source.slice(at + 1, end)), end - at + 1)
      continue
    }
    if (char === '/' && !isOperand(tokens.at(-1))) {
      const end = closing(source, at, '/')
      push('regex', source.slice(at + 1, end).replaceAll('\\/', '/'), end - at + 1)
      continue
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/.exec(
      rest,
    )
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest)
    if (number !== null) push('number', number[0], number[0].length)
    else if (name !== null) {
      const isCall = source[at + name[0].length] === '('
      push(WORDS.has(name[0]) ? 'word' : isCall ? 'call' : 'name', name[0], name[0].length)
    } else {
      const operator = OPERATORS.find((one) => rest.startsWith(one))
      if (operator === undefined)
        throw new AwkError(`line ${line}: syntax error at or near ${char}`)
      push('operator', operator, operator.length)
    }
  }
  push('end', '', 0)
  return tokens
}

/** Where the text that begins at `start` ends. */
const closing = (source: string, start: number, quote: string): number => {
  let isInBracket = false
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at]
    if (char === '\\') at++
    else if (char === '\n') break
    else if (quote === '/' && char === '[' && !isInBracket) {
      isInBracket = true
      if (source[at + 1] === '^') at++
      if (source[at + 1] === ']') at++
    } else if (quote === '/' && char === ']') isInBracket = false
    else if (char === quote && !isInBracket) return at
  }
  const line = source.slice(0, start).split('\n').length
  throw new AwkError(
    `line ${line}: ${quote === '/' ? 'regular expression' : 'string'} not terminated`,
  )
}
