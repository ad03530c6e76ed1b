// The words and blocks of a Corefile. coredns: github.com/coredns/caddy caddyfile/parse.go
import { PLUGIN_NAMES } from '#coredns/plugins/names.ts'

const FILE = '/etc/coredns/Corefile'
/** How often snippets may be put in before the file is taken for an endless one. */
const MAX_EXPANSIONS = 1000

export interface Word {
  readonly text: string
  readonly line: number
}

/** One line of a server block, or of a plugin's block. */
export interface Directive {
  readonly name: string
  readonly line: number
  readonly args: readonly string[]
  /** The lines between its braces; absent without braces. */
  readonly block?: readonly Directive[]
}

export interface SyntaxBlock {
  readonly keys: readonly string[]
  readonly directives: readonly Directive[]
}

/** Why CoreDNS cannot start, in its words. */
export class CorefileError extends Error {}

export const parseError = (line: number, message: string): CorefileError =>
  new CorefileError(`${FILE}:${line} - Error during parsing: ${message}`)

export const argumentError = (plugin: string, { name, line, args }: Directive): CorefileError =>
  pluginError(
    plugin,
    parseError(
      line,
      `Wrong argument count or unexpected line ending after '${args.at(-1) ?? name}'`,
    ).message,
  )

/** coredns: plugin.Error */
export const pluginError = (plugin: string, message: string): CorefileError =>
  new CorefileError(`plugin/${plugin}: ${message}`)

/** An error of a plugin that names the line. */
export const lineError = (plugin: string, { line }: Directive, message: string): CorefileError =>
  pluginError(plugin, parseError(line, message).message)

/** coredns: strconv.Atoi as plugins use it */
export const wholeNumber = (plugin: string, text: string): number => {
  if (!/^[+-]?\d{1,15}$/.test(text))
    throw pluginError(plugin, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Throws CorefileError. */
export const parseSyntax = (text: string): readonly SyntaxBlock[] =>
  new SyntaxParser(wordsOf(text)).parse()

/** Words are split at white space; quotes keep it; `#` at the start of a word begins a comment. */
export const wordsOf = (text: string): Word[] => {
  const words: Word[] = []
  const pattern = /\n|#[^\n]*|"((?:\\"|[^"])*)"?|\S+|[^\S\n]+/g
  let line = 1
  for (const [match, quoted] of text.matchAll(pattern)) {
    if (match === '\n') line++
    else if (match.startsWith('"')) {
      words.push({ text: (quoted ?? '').replaceAll('\\"', '"'), line })
      line += match.split('\n').length - 1
    } else if (!match.startsWith('#') && match.trim() !== '') words.push({ text: match, line })
  }
  return words
}

class SyntaxParser {
  #words: Word[]
  #at = -1
  #expansions = 0
  readonly #snippets = new Map<string, readonly Word[]>()

  constructor(words: Word[]) {
    this.#words = words
  }

  parse(): readonly SyntaxBlock[] {
    const blocks: SyntaxBlock[] = []
    while (this.#next()) {
      const { keys, isEnd } = this.#keys()
      if (isEnd) {
        if (keys.length > 0) blocks.push({ keys, directives: [] })
        break
      }
      const snippet = /^\((.*)\)$/s.exec(keys.length === 1 ? keys[0]! : '')?.[1]
      if (snippet !== undefined) this.#declare(snippet)
      else blocks.push({ keys, directives: this.#contents() })
    }
    return blocks
  }

  get #word(): Word {
    return this.#words[this.#at] ?? { text: '', line: 0 }
  }

  #is(text: string): boolean {
    return this.#word.text === text
  }

  get #isNewLine(): boolean {
    return this.#at < 1 || this.#words[this.#at - 1]!.line < this.#word.line
  }

  #next(): boolean {
    if (this.#at >= this.#words.length - 1) return false
    this.#at++
    return true
  }

  #error(message: string): CorefileError {
    return parseError(this.#word.line, message)
  }

  #expected(text: string): CorefileError {
    const { text: found, line } = this.#word
    return new CorefileError(
      `${FILE}:${line} - Syntax error: Unexpected token '${found}', expecting '${text}'`,
    )
  }

  /** The zones before the brace. */
  #keys(): { readonly keys: readonly string[]; readonly isEnd: boolean } {
    const keys: string[] = []
    for (;;) {
      let { text } = this.#word
      if (text === 'import' && this.#isNewLine) {
        this.#import()
        if (!this.#next()) return { keys, isEnd: true }
        continue
      }
      const expectsAnother = text.endsWith(',')
      if (text === '{') return { keys, isEnd: false }
      if (expectsAnother) text = text.slice(0, -1)
      if (text !== '') keys.push(text)
      if (!this.#next()) {
        if (expectsAnother) throw this.#error('Unexpected EOF')
        return { keys, isEnd: true }
      }
      if (expectsAnother && this.#is('{'))
        throw this.#error("Expected another address but had '{' - check for extra comma")
      if (!expectsAnother && this.#isNewLine) return { keys, isEnd: false }
    }
  }

  #contents(): readonly Directive[] {
    const isBraced = this.#is('{')
    if (!isBraced) this.#at--
    const directives: Directive[] = []
    while (this.#next() && !this.#is('}')) {
      if (this.#is('import')) this.#import()
      else directives.push(this.#directive())
    }
    if (isBraced && !this.#is('}')) throw this.#expected('}')
    return directives
  }

  /** One plugin with its block, up to the end of the line or of the block. */
  #directive(): Directive {
    const { text: name, line } = this.#word
    if (!PLUGIN_NAMES.has(name)) throw this.#error(`Unknown directive '${name}'`)
    const words: Word[] = []
    let depth = 0
    while (this.#next()) {
      const { text } = this.#word
      if (text === '{') depth++
      else if (this.#isNewLine && depth === 0) {
        this.#at--
        break
      } else if (text === '}' && depth > 0) depth--
      else if (text === '}') throw this.#error("Unexpected '}' because no matching opening brace")
      else if (text === 'import' && this.#isNewLine) {
        this.#import()
        continue
      }
      words.push(this.#word)
    }
    if (depth > 0) throw this.#error('Unexpected EOF')
    return directiveOf({ text: name, line }, words)
  }

  /** `(name) { … }`: kept for imports. */
  #declare(name: string): void {
    if (this.#snippets.has(name))
      throw this.#error(`redeclaration of previously declared snippet ${name}`)
    if (!this.#is('{')) throw this.#expected('{')
    const words: Word[] = []
    let depth = 1
    while (this.#next()) {
      if (this.#is('}')) depth--
      if (depth === 0) break
      if (this.#is('{')) depth++
      words.push(this.#word)
    }
    if (depth > 0) throw this.#expected('}')
    this.#snippets.set(name, words)
  }

  /** Puts a snippet in the place of `import name`. The cursor stands before its first word. */
  #import(): void {
    const start = this.#at
    if (!this.#next() || this.#isNewLine)
      throw this.#error("Wrong argument count or unexpected line ending after 'import'")
    const { text: name } = this.#word
    const snippet = this.#snippets.get(name)
    // The container holds no files but the Corefile: a pattern finds nothing, which is allowed.
    if (snippet === undefined && !/[*?[\]]/.test(name))
      throw this.#error(`File to import not found: ${name}`)
    if (++this.#expansions > MAX_EXPANSIONS)
      throw this.#error(`maximum snippet import depth (${MAX_EXPANSIONS}) exceeded`)
    this.#words = [
      ...this.#words.slice(0, start),
      ...(snippet ?? []),
      ...this.#words.slice(this.#at + 1),
    ]
    this.#at = start - 1
  }
}

/** `words` are what follows the name: arguments, then a block that opens on the same line. */
const directiveOf = ({ text: name, line }: Word, words: readonly Word[]): Directive => {
  const opening = words.findIndex(({ text }) => text === '{')
  const args = (opening < 0 ? words : words.slice(0, opening)).map(({ text }) => text)
  if (opening < 0) return { name, line, args }
  return { name, line, args, block: linesOf(words.slice(opening + 1, -1)) }
}

const linesOf = (words: readonly Word[]): readonly Directive[] => {
  const lines: Directive[] = []
  for (let at = 0; at < words.length;) {
    let end = at + 1
    let depth = 0
    for (; end < words.length; end++) {
      const { text, line } = words[end]!
      if (depth === 0 && line > words[end - 1]!.line) break
      if (text === '{') depth++
      if (text === '}') depth--
    }
    lines.push(directiveOf(words[at]!, words.slice(at + 1, end)))
    at = end
  }
  return lines
}
