// go: text/template/parse/lex.go
import { quoteText, unicodeName } from '#kubectl/output/go/quote.ts'
import {
  KEYWORDS,
  type Keyword,
  type Token,
  type TokenType,
} from '#kubectl/output/go-template/tokens.ts'

const SPACES = ' \t\r\n'
const LETTER = /^[_\p{L}\p{Nd}]$/u

const isSpace = (character: string | undefined): boolean =>
  character !== undefined && character !== '' && SPACES.includes(character)

/** Reads a template token by token; the last is `eof` or `error`. */
export class Lexer {
  readonly #text: string
  #at = 0
  #start = 0
  #inside = false
  #parens = 0
  #failed = false

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    if (this.#failed) return { type: 'eof', at: 0, text: 'EOF' }
    let token: Token | undefined
    while (token === undefined) token = this.#inside ? this.#insideAction() : this.#outside()
    return token
  }

  #emit(type: TokenType): Token {
    const token = { type, at: this.#start, text: this.#text.slice(this.#start, this.#at) }
    this.#start = this.#at
    return token
  }

  #fail(message: string): Token {
    this.#failed = true
    return { type: 'error', at: this.#start, text: message }
  }

  #peek(): string {
    const point = this.#text.codePointAt(this.#at)
    return point === undefined ? '' : String.fromCodePoint(point)
  }

  #next(): string {
    const character = this.#peek()
    this.#at += character.length
    return character
  }

  #outside(): Token | undefined {
    const brace = this.#text.indexOf('{{', this.#at)
    const end = brace < 0 ? this.#text.length : brace
    if (brace < 0 || brace > this.#at) {
      this.#at = end
      if (this.#at === this.#start) return { type: 'eof', at: this.#at, text: 'EOF' }
      const trims = brace >= 0 && this.#trimsLeft(end + 2)
      if (trims) while (this.#at > this.#start && isSpace(this.#text[this.#at - 1])) this.#at -= 1
      const token = this.#emit('text')
      this.#at = end
      this.#start = end
      if (token.text !== '') return token
    }
    return this.#leftDelimiter()
  }

  #trimsLeft(at: number): boolean {
    return this.#text[at] === '-' && isSpace(this.#text[at + 1])
  }

  #leftDelimiter(): Token | undefined {
    const marker = this.#trimsLeft(this.#at + 2) ? 2 : 0
    const inner = this.#at + 2 + marker
    if (this.#text.startsWith('/*', inner)) {
      this.#at = inner
      this.#start = inner
      return this.#comment()
    }
    this.#at += 2
    const token = this.#emit('left-delimiter')
    this.#at = inner
    this.#start = inner
    this.#inside = true
    this.#parens = 0
    return token
  }

  #comment(): Token | undefined {
    const end = this.#text.indexOf('*/', this.#at + 2)
    if (end < 0) return this.#fail('unclosed comment')
    this.#at = end + 2
    const delimiter = this.#rightDelimiterAt()
    if (delimiter === undefined) return this.#fail('comment ends before closing delimiter')
    this.#passRight(delimiter)
    return undefined
  }

  /** Whether a right delimiter comes next, and whether it trims. */
  #rightDelimiterAt(at = this.#at): { readonly trims: boolean } | undefined {
    const trims = isSpace(this.#text[at]) && this.#text[at + 1] === '-'
    if (trims && this.#text.startsWith('}}', at + 2)) return { trims }
    return this.#text.startsWith('}}', at) ? { trims: false } : undefined
  }

  #passRight({ trims }: { readonly trims: boolean }): Token {
    if (trims) this.#start = this.#at += 2
    this.#at += 2
    const token = this.#emit('right-delimiter')
    if (trims) while (isSpace(this.#text[this.#at])) this.#at += 1
    this.#start = this.#at
    this.#inside = false
    return token
  }

  #insideAction(): Token {
    const delimiter = this.#rightDelimiterAt()
    if (delimiter !== undefined)
      return this.#parens === 0 ? this.#passRight(delimiter) : this.#fail('unclosed left paren')
    const character = this.#next()
    if (character === '') return this.#fail('unclosed action')
    if (isSpace(character)) return this.#space()
    if (character >= '0' && character <= '9') return this.#number(1)
    switch (character) {
      case '=':
        return this.#emit('assign')
      case ':':
        return this.#next() === '=' ? this.#emit('declare') : this.#fail('expected :=')
      case '|':
        return this.#emit('pipe')
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string')
      case "'":
        return this.#quoted("'", 'character-constant', 'unterminated character constant')
      case '`':
        return this.#rawString()
      case '$':
        return this.#fieldOrVariable('variable')
      case '.':
        return /^[0-9]?$/.test(this.#text[this.#at] ?? '')
          ? this.#number(1)
          : this.#fieldOrVariable('field')
      case '+':
      case '-':
        return this.#number(1)
      case '(':
        this.#parens += 1
        return this.#emit('left-paren')
      case ')':
        this.#parens -= 1
        return this.#parens < 0 ? this.#fail('unexpected right paren') : this.#emit('right-paren')
      default:
    }
    if (LETTER.test(character)) return this.#identifier()
    if (/^[ -~]$/.test(character)) return this.#emit('char')
    return this.#fail(
      `unrecognized character in action: ${unicodeName(character.codePointAt(0)!, true)}`,
    )
  }

  #space(): Token {
    while (isSpace(this.#text[this.#at])) this.#at += 1
    // The last space may belong to a delimiter that trims.
    const delimiter = this.#rightDelimiterAt(this.#at - 1)
    if (delimiter?.trims === true) {
      this.#at -= 1
      if (this.#at === this.#start)
        return this.#parens === 0 ? this.#passRight(delimiter) : this.#passRight(delimiter)
    }
    return this.#emit('space')
  }

  #isAtTerminator(): boolean {
    const character = this.#peek()
    return (
      character === '' ||
      `${SPACES}.,|:)(`.includes(character) ||
      this.#text.startsWith('}}', this.#at)
    )
  }

  #badCharacter(): Token {
    const point = this.#text.codePointAt(this.#at)
    return this.#fail(`bad character ${point === undefined ? 'U+-001' : unicodeName(point, true)}`)
  }

  #letters(): void {
    while (LETTER.test(this.#peek())) this.#next()
  }

  #identifier(): Token {
    this.#letters()
    if (!this.#isAtTerminator()) return this.#badCharacter()
    const word = this.#text.slice(this.#start, this.#at)
    if (KEYWORDS.has(word)) return this.#emit(word as Keyword)
    return this.#emit(word === 'true' || word === 'false' ? 'bool' : 'identifier')
  }

  #fieldOrVariable(type: 'field' | 'variable'): Token {
    if (this.#isAtTerminator()) return this.#emit(type === 'variable' ? type : '.')
    this.#letters()
    return this.#isAtTerminator() ? this.#emit(type) : this.#badCharacter()
  }

  #quoted(mark: string, type: TokenType, unterminated: string): Token {
    for (;;) {
      let character = this.#next()
      if (character === mark) return this.#emit(type)
      if (character === '\\') {
        character = this.#next()
        if (character !== '' && character !== '\n') continue
      }
      if (character === '' || character === '\n') return this.#fail(unterminated)
    }
  }

  #rawString(): Token {
    const end = this.#text.indexOf('`', this.#at)
    if (end < 0) return this.#fail('unterminated raw quoted string')
    this.#at = end + 1
    return this.#emit('raw-string')
  }

  #number(read: number): Token {
    this.#at -= read
    const bad = (): Token =>
      this.#fail(`bad number syntax: ${quoteText(this.#text.slice(this.#start, this.#at))}`)
    if (!this.#scanNumber()) return bad()
    const sign = this.#text[this.#at]
    if (sign !== '+' && sign !== '-') return this.#emit('number')
    return this.#scanNumber() && this.#text[this.#at - 1] === 'i' ? this.#emit('complex') : bad()
  }

  /** Not a perfect scanner: what it lets through wrongly the parser refuses. */
  #scanNumber(): boolean {
    const pattern =
      /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y
    pattern.lastIndex = this.#at
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0
    if (!LETTER.test(this.#peek())) return true
    this.#next()
    return false
  }
}
