import { CelSyntaxError, type Literal } from '#apimachinery/cel/syntax.ts'

export interface Token {
  readonly at: number
  readonly kind: 'name' | 'literal' | 'symbol' | 'end'
  readonly text: string
  readonly value?: Literal
}

const SPACE = /(?:[\s\f]|\/\/[^\n]*)+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*|`[A-Za-z0-9_.\-/ ]+`/y
const NUMBER = /0x[0-9a-fA-F]+u?|(?:\d+\.\d+|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?|\d+[uU]?/y
const STRING =
  /([rR]?)("""[\s\S]*?(?<!\\)"""|'''[\s\S]*?(?<!\\)'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/y
const SYMBOL = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
}

const unescape = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g,
    (
      _,
      x: string | undefined,
      u: string | undefined,
      long: string | undefined,
      octal: string | undefined,
      letter: string | undefined,
    ) => {
      const code = x ?? u ?? long
      if (code !== undefined) return String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff))
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8))
      return ESCAPES[letter!] ?? letter!
    },
  )

const textOf = (source: string, raw: boolean): string => {
  const width = source.startsWith('"""') || source.startsWith("'''") ? 3 : 1
  const inner = source.slice(width, -width)
  return raw ? inner : unescape(inner)
}

const MAX_INT = 2n ** 63n

const numberOf = (at: number, text: string): Literal => {
  if (!text.startsWith('0x') && /[.eE]/.test(text)) return Number(text)
  const isUint = /[uU]$/.test(text)
  const value = BigInt(isUint ? text.slice(0, -1) : text)
  if (isUint) return { uint: value }
  // the sign stands before it: the least integer is read as its own negation
  if (value > MAX_INT) throw new CelSyntaxError(at, 'invalid int literal')
  return value
}

const WORDS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** The words of an expression. Throws a CelSyntaxError at what is none. */
export const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  while (at < source.length) {
    const space = take(SPACE)
    if (space !== null) {
      at += space[0].length
      continue
    }
    const token = next(source, at, take)
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ at, kind: 'end', text: '<EOF>' })
  return tokens
}

const next = (
  source: string,
  at: number,
  take: (pattern: RegExp) => RegExpExecArray | null,
): Token => {
  const string = take(STRING)
  if (string !== null)
    return {
      at,
      kind: 'literal',
      text: string[0],
      value: textOf(string[2]!, string[1] !== ''),
    }
  const name = take(NAME)
  if (name !== null) {
    const [text] = name
    const value = WORDS.get(text)
    return value === undefined
      ? { at, kind: text === 'in' ? 'symbol' : 'name', text }
      : { at, kind: 'literal', text, value }
  }
  const number = take(NUMBER)
  if (number !== null)
    return { at, kind: 'literal', text: number[0], value: numberOf(at, number[0]) }
  const symbol = take(SYMBOL)
  if (symbol !== null) return { at, kind: 'symbol', text: symbol[0] }
  throw new CelSyntaxError(
    at,
    `Syntax error: token recognition error at: '${String.fromCodePoint(source.codePointAt(at) ?? 0)}'`,
  )
}
