// What the shells say about a script that they cannot read.
import type { Flavour } from '#shell/language/flavour.ts'
import { Lines } from '#shell/language/parse.ts'

interface Failed {
  readonly error: { readonly message: string; readonly pos: number }
  readonly source: string
}

const QUOTES: Readonly<Record<string, string>> = {
  'double quote': '"',
  'single quote': "'",
  backtick: '`',
  'command substitution': ')',
  'parameter expansion': '}',
  'arithmetic command': ')',
  'arithmetic expansion': ')',
  'extended glob': ')',
}

/** The lines without the name in front: `Syntax error: …`. */
export interface SyntaxComplaint {
  readonly line: number
  readonly texts: readonly string[]
}

export const syntaxComplaint = (failed: Failed, flavour: Flavour): SyntaxComplaint => {
  const lines = new Lines(failed.source)
  const last = lines.at(failed.source.replace(/\n$/, '').length)
  const line = lines.at(failed.error.pos)
  return flavour === 'bash' ? inBash(failed, line, last) : inAlmquist(failed, flavour, line, last)
}

const wordAt = ({ source, error }: Failed): string | undefined =>
  /^\s*(&&|\|\||;;|<<|>>|[;&|()<>]|[^\s;&|()<>]+)/.exec(source.slice(error.pos))?.[1]

const inBash = (failed: Failed, line: number, last: number): SyntaxComplaint => {
  const { message } = failed.error
  const unfinished = /^unterminated (.*)$/.exec(message)?.[1]
  if (unfinished !== undefined) {
    const quote = QUOTES[unfinished] ?? ')'
    const isNext = unfinished === 'command substitution'
    const text = `unexpected EOF while looking for matching \`${quote}'`
    return { line: isNext ? last + 1 : line, texts: [text] }
  }
  const isRedirect = message === 'expected redirect target'
  const word = isRedirect ? 'newline' : wordAt(failed)
  if (word === undefined) return { line: last + 1, texts: ['syntax error: unexpected end of file'] }
  const sourceLine = failed.source.split('\n')[line - 1] ?? ''
  return { line, texts: [`syntax error near unexpected token \`${word}'`, `\`${sourceLine}'`] }
}

const inAlmquist = (
  failed: Failed,
  flavour: Flavour,
  line: number,
  last: number,
): SyntaxComplaint => {
  const { message } = failed.error
  const say = (text: string, at = line): SyntaxComplaint => ({
    line: at,
    texts: [
      flavour === 'dash'
        ? `Syntax error: ${text}`
        : `syntax error: ${text.replace(/^([A-Z])(?![A-Z])/, (first) => first.toLowerCase())}`,
    ],
  })
  if (/(double|single) quote/.test(message)) return say('Unterminated quoted string', last)
  if (message === 'unterminated backtick') return say('EOF in backquote substitution', last)
  if (message === 'unterminated parameter expansion') return say("Missing '}'", last)
  const isSubstitution = message.startsWith('unterminated')
  const expected = isSubstitution
    ? ')'
    : (/^expected '([^']+)'/.exec(message)?.[1] ??
      CLOSERS.get(/^expected command after '(\w+)'$/.exec(message)?.[1] ?? ''))
  const word = isSubstitution ? undefined : wordAt(failed)
  const what = word === undefined ? 'end of file' : quoted(word, flavour)
  const hint = expected === undefined ? '' : ` (expecting ${quoted(expected, flavour)})`
  return say(`${what} unexpected${hint}`, word === undefined ? last : line)
}

const quoted = (word: string, flavour: Flavour): string =>
  flavour === 'dash' ? `"${word}"` : `unexpected "${word}"`.slice('unexpected '.length)

const CLOSERS = new Map([
  ['then', 'fi'],
  ['do', 'done'],
  ['else', 'fi'],
])
