import {
  Cursor,
  isBlank,
  isBlankOrEnd,
  isBreak,
  scannerError,
  type Mark,
} from '#apimachinery/yaml/cursor.ts'
import { scanBlock, scanPlain, scanQuoted } from '#apimachinery/yaml/scan-scalar.ts'
import {
  scanAnchor,
  scanDirective,
  scanTag,
  type Directive,
  type Tag,
} from '#apimachinery/yaml/scan-tag.ts'

// The tokens of YAML, as libyaml (MIT) and Go's copy of it find them: the faults found and their places are theirs.
// kubernetes: sigs.k8s.io/yaml goyaml.v2 scannerc.go

export type TokenKind =
  | 'stream-end'
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

export interface Token {
  readonly kind: TokenKind
  /** From 0. */
  readonly line: number
  /** Of scalars the text, of anchors and aliases the name. */
  readonly text?: string
  readonly plain?: boolean
  readonly tag?: Tag
  readonly directive?: Directive
}

/** Something that turns out to be a key if a `:` follows on its line. */
interface SimpleKey {
  readonly required: boolean
  readonly tokenNumber: number
  readonly mark: Mark
}

const SIMPLE_KEY_LENGTH = 1024
const COMMENT = /#[^\n\r\u0085\u2028\u2029]*/y
const NO_PLAIN_START = '-?:,[]{}#&*!|>\'"%@`'

export class Scanner {
  readonly #cursor: Cursor
  #tokens: Token[] = []
  /** How many tokens were handed out before those in the queue. */
  #taken = 0
  #flowLevel = 0
  #indent = -1
  readonly #indents: number[] = []
  #simpleKeyAllowed = true
  /** The possible key of each flow level. */
  readonly #simpleKeys: (SimpleKey | undefined)[] = [undefined]
  #ended = false

  constructor(text: string) {
    this.#cursor = new Cursor(text)
  }

  peek(): Token {
    while (this.#needsMore()) this.#fetch()
    return this.#tokens[0]!
  }

  skip(): void {
    this.#tokens.shift()
    this.#taken += 1
  }

  /** The first token may yet get a key token before it. */
  #needsMore(): boolean {
    if (this.#tokens.length === 0) return true
    if (this.#ended) return false
    for (let level = 0; level < this.#simpleKeys.length; level++) {
      if (this.#simpleKeys[level]?.tokenNumber === this.#taken) return this.#isValid(level)
    }
    return false
  }

  /** A simple key is on one line, and short. */
  #isValid(level: number): boolean {
    const key = this.#simpleKeys[level]
    if (key === undefined) return false
    if (
      key.mark.line >= this.#cursor.line &&
      key.mark.index + SIMPLE_KEY_LENGTH >= this.#cursor.index
    )
      return true
    if (key.required)
      throw scannerError(this.#cursor.line, "could not find expected ':'", key.mark.line)
    this.#simpleKeys[level] = undefined
    return false
  }

  #fetch(): void {
    const cursor = this.#cursor
    this.#skipToToken()
    this.#unroll(cursor.column)
    const letter = cursor.peek()
    if (letter === '') return this.#streamEnd()
    if (cursor.column === 0 && letter === '%') return this.#directive()
    if (cursor.atDocumentIndicator()) return this.#documentIndicator()
    const next = cursor.peek(1)
    switch (letter) {
      case '[':
        return this.#flowStart('flow-sequence-start')
      case '{':
        return this.#flowStart('flow-mapping-start')
      case ']':
        return this.#flowEnd('flow-sequence-end')
      case '}':
        return this.#flowEnd('flow-mapping-end')
      case ',':
        return this.#flowEntry()
      case '*':
      case '&':
      case '!':
      case "'":
      case '"':
        return this.#property(letter)
    }
    const inFlow = this.#flowLevel > 0
    if (letter === '-' && isBlankOrEnd(next)) return this.#blockEntry()
    if (letter === '?' && (inFlow || isBlankOrEnd(next))) return this.#key()
    if (letter === ':' && (inFlow || isBlankOrEnd(next))) return this.#value()
    if ((letter === '|' || letter === '>') && !inFlow) return this.#block()
    const startsPlain =
      (letter === '-' && !isBlank(next)) ||
      (!inFlow && (letter === '?' || letter === ':') && !isBlankOrEnd(next))
    if ((isBlank(letter) || NO_PLAIN_START.includes(letter)) && !startsPlain)
      throw scannerError(cursor.line, 'found character that cannot start any token', cursor.line)
    this.#property(letter)
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    for (;;) {
      while (
        cursor.peek() === ' ' ||
        (cursor.peek() === '\t' && (this.#flowLevel > 0 || !this.#simpleKeyAllowed))
      )
        cursor.skip()
      cursor.takeWhile(COMMENT)
      if (!isBreak(cursor.peek())) return
      cursor.takeBreak()
      if (this.#flowLevel === 0) this.#simpleKeyAllowed = true
    }
  }

  #push(kind: TokenKind, line = this.#cursor.line): void {
    this.#tokens.push({ kind, line })
  }

  /** A block begins at `column`, before the token of that number if that is queued already. */
  #roll(column: number, kind: TokenKind, line: number, tokenNumber?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    const at = tokenNumber === undefined ? this.#tokens.length : tokenNumber - this.#taken
    this.#tokens.splice(at, 0, { kind, line })
  }

  /** The blocks that are further right than `column` end. */
  #unroll(column: number): void {
    if (this.#flowLevel > 0) return
    while (this.#indent > column) {
      this.#push('block-end')
      this.#indent = this.#indents.pop()!
    }
  }

  #saveSimpleKey(): void {
    if (!this.#simpleKeyAllowed) return
    this.#removeSimpleKey()
    const { mark } = this.#cursor
    const required = this.#flowLevel === 0 && this.#indent === mark.column
    this.#simpleKeys[this.#flowLevel] = {
      required,
      tokenNumber: this.#taken + this.#tokens.length,
      mark,
    }
  }

  #removeSimpleKey(): void {
    const key = this.#simpleKeys[this.#flowLevel]
    if (key?.required === true)
      throw scannerError(this.#cursor.line, "could not find expected ':'", key.mark.line)
    this.#simpleKeys[this.#flowLevel] = undefined
  }

  #streamEnd(): void {
    this.#cursor.endLine()
    this.#unroll(-1)
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = false
    this.#ended = true
    this.#push('stream-end')
  }

  #directive(): void {
    this.#unroll(-1)
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = false
    const { line } = this.#cursor
    this.#tokens.push({ kind: 'directive', line, directive: scanDirective(this.#cursor) })
  }

  #documentIndicator(): void {
    this.#unroll(-1)
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = false
    this.#push(this.#cursor.peek() === '-' ? 'document-start' : 'document-end')
    this.#cursor.skip(3)
  }

  #flowStart(kind: TokenKind): void {
    this.#saveSimpleKey()
    this.#flowLevel += 1
    this.#simpleKeys.push(undefined)
    this.#simpleKeyAllowed = true
    this.#push(kind)
    this.#cursor.skip()
  }

  #flowEnd(kind: TokenKind): void {
    this.#removeSimpleKey()
    if (this.#flowLevel > 0) {
      this.#flowLevel -= 1
      this.#simpleKeys.pop()
    }
    this.#simpleKeyAllowed = false
    this.#push(kind)
    this.#cursor.skip()
  }

  #flowEntry(): void {
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = true
    this.#push('flow-entry')
    this.#cursor.skip()
  }

  #blockEntry(): void {
    const { line, column } = this.#cursor
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed)
        throw scannerError(line, 'block sequence entries are not allowed in this context', line)
      this.#roll(column, 'block-sequence-start', line)
    }
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = true
    this.#push('block-entry')
    this.#cursor.skip()
  }

  #key(): void {
    const { line, column } = this.#cursor
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed)
        throw scannerError(line, 'mapping keys are not allowed in this context', line)
      this.#roll(column, 'block-mapping-start', line)
    }
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = this.#flowLevel === 0
    this.#push('key')
    this.#cursor.skip()
  }

  #value(): void {
    const { line, column } = this.#cursor
    if (this.#isValid(this.#flowLevel)) {
      const { mark, tokenNumber } = this.#simpleKeys[this.#flowLevel]!
      this.#tokens.splice(tokenNumber - this.#taken, 0, { kind: 'key', line: mark.line })
      this.#roll(mark.column, 'block-mapping-start', mark.line, tokenNumber)
      this.#simpleKeys[this.#flowLevel] = undefined
      this.#simpleKeyAllowed = false
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#simpleKeyAllowed)
          throw scannerError(line, 'mapping values are not allowed in this context', line)
        this.#roll(column, 'block-mapping-start', line)
      }
      this.#simpleKeyAllowed = this.#flowLevel === 0
    }
    this.#push('value', line)
    this.#cursor.skip()
  }

  #block(): void {
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = true
    const { line } = this.#cursor
    this.#tokens.push({
      kind: 'scalar',
      line,
      text: scanBlock(this.#cursor, this.#indent),
      plain: false,
    })
  }

  /** What may be, or begin, a key. */
  #property(letter: string): void {
    this.#saveSimpleKey()
    this.#simpleKeyAllowed = false
    this.#tokens.push(this.#scan(letter, this.#cursor.line))
  }

  #scan(letter: string, line: number): Token {
    switch (letter) {
      case '*':
        return { kind: 'alias', line, text: scanAnchor(this.#cursor) }
      case '&':
        return { kind: 'anchor', line, text: scanAnchor(this.#cursor) }
      case '!':
        return { kind: 'tag', line, tag: scanTag(this.#cursor) }
      case "'":
      case '"':
        return { kind: 'scalar', line, text: scanQuoted(this.#cursor), plain: false }
      default: {
        const { text, endsLine } = scanPlain(this.#cursor, this.#indent + 1, this.#flowLevel > 0)
        if (endsLine) this.#simpleKeyAllowed = true
        return { kind: 'scalar', line, text, plain: true }
      }
    }
  }
}
