// Reads awk expressions, by precedence.
import { compilePosix, PatternError } from '#shell/tools/posix-pattern.ts'
import { type Token, tokensOf } from '#shell/tools/awk/tokens.ts'
import { AwkError, type Expression } from '#shell/tools/awk/tree.ts'

const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='])
const COMPARISONS = new Set(['<', '<=', '==', '!=', '>', '>='])
const DEEPEST = 200

const isTarget = ({ kind }: Expression): boolean =>
  kind === 'variable' || kind === 'field' || kind === 'element'

export class ExpressionParser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  /** Within `print`, where `>` writes into a file. */
  #noGreater = false
  /** Within the head of a `for`, where `in` is its own. */
  #noIn = false

  constructor(source: string) {
    this.#tokens = tokensOf(source)
  }

  protected peek(): Token {
    return this.#tokens[this.#at]!
  }

  protected next(): Token {
    const token = this.#tokens[this.#at]!
    if (token.kind !== 'end') this.#at++
    return token
  }

  protected mark(): number {
    return this.#at
  }

  protected reset(at: number): void {
    this.#at = at
  }

  protected is(text: string): boolean {
    const token = this.peek()
    return token.kind === 'operator' && token.text === text
  }

  protected isWord(text: string): boolean {
    const token = this.peek()
    return token.kind === 'word' && token.text === text
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false
    this.#at++
    return true
  }

  protected expect(text: string): void {
    if (!this.take(text)) this.fail()
  }

  protected fail(): never {
    const { text, kind, line } = this.peek()
    const shown = kind === 'end' ? 'end of file' : kind === 'newline' ? 'end of line' : text
    throw new AwkError(`line ${line}: syntax error at or near ${shown}`)
  }

  protected skipBreaks(withSemicolons = false): void {
    const isBreak = (): boolean =>
      this.peek().kind === 'newline' || (withSemicolons && this.is(';'))
    while (isBreak()) this.#at++
  }

  /** `print a, b` and `print(a, b) > "file"`. */
  protected printed(): readonly Expression[] {
    const back = this.mark()
    if (this.take('(')) {
      const inner = this.#list(')')
      const { kind, text } = this.peek()
      const isWhole =
        kind === 'newline' || kind === 'end' || [';', '}', '>', '>>', '|'].includes(text)
      if (isWhole && kind !== 'string') return inner
      this.reset(back)
    }
    const before = this.#noGreater
    this.#noGreater = true
    const values = [this.expression()]
    while (this.take(',')) {
      this.skipBreaks()
      values.push(this.expression())
    }
    this.#noGreater = before
    return values
  }

  /** What is written to: no comparison, no pipe. */
  protected target(): Expression {
    const before = this.#noGreater
    this.#noGreater = true
    const value = this.#concatenation()
    this.#noGreater = before
    return value
  }

  protected keys(): readonly Expression[] {
    this.expect('[')
    return this.#list(']')
  }

  #list(end: string): readonly Expression[] {
    const before = this.#noGreater
    this.#noGreater = false
    const values: Expression[] = []
    this.skipBreaks()
    while (!this.is(end)) {
      values.push(this.expression())
      this.skipBreaks()
      if (!this.take(',')) break
      this.skipBreaks()
    }
    this.#noGreater = before
    this.expect(end)
    return values
  }

  expression(): Expression {
    if (++this.#depth > DEEPEST)
      throw new AwkError(`line ${this.peek().line}: expression nested too deeply`)
    const value = this.#assignment()
    this.#depth--
    return value
  }

  #assignment(): Expression {
    const target = this.#conditional()
    const { kind, text } = this.peek()
    if (kind !== 'operator' || !ASSIGNMENTS.has(text) || !isTarget(target)) return target
    this.next()
    this.skipBreaks()
    const operator = text === '**=' ? '^' : text.slice(0, -1)
    return { kind: 'assign', operator, target, value: this.#assignment() }
  }

  #conditional(): Expression {
    const test = this.#or()
    if (!this.take('?')) return test
    this.skipBreaks()
    const yes = this.#assignment()
    this.skipBreaks()
    this.expect(':')
    this.skipBreaks()
    return { kind: 'conditional', test, yes, no: this.#assignment() }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.take('||')) {
      this.skipBreaks()
      left = { kind: 'or', left, right: this.#and() }
    }
    return left
  }

  #and(): Expression {
    let left = this.#in()
    while (this.take('&&')) {
      this.skipBreaks()
      left = { kind: 'and', left, right: this.#in() }
    }
    return left
  }

  #in(): Expression {
    let left = this.#match()
    while (!this.#noIn && this.isWord('in')) {
      this.next()
      left = { kind: 'in', array: this.next().text, keys: [left] }
    }
    return left
  }

  #match(): Expression {
    let left = this.#comparison()
    while (this.is('~') || this.is('!~')) {
      const isNegated = this.next().text === '!~'
      left = { kind: 'match', isNegated, text: left, pattern: this.#comparison() }
    }
    return left
  }

  #comparison(): Expression {
    const left = this.#concatenation()
    const { kind, text } = this.peek()
    const isComparison =
      kind === 'operator' && COMPARISONS.has(text) && !(text === '>' && this.#noGreater)
    if (!isComparison) return this.#piped(left)
    this.next()
    return { kind: 'binary', operator: text, left, right: this.#concatenation() }
  }

  /** `"command" | getline` */
  #piped(left: Expression): Expression {
    let value = left
    while (this.is('|') && this.#tokens[this.#at + 1]?.text === 'getline') {
      this.next()
      this.next()
      value = { kind: 'getline', from: value, isCommand: true, ...this.#into() }
    }
    return value
  }

  #concatenation(): Expression {
    let left = this.#sum()
    while (this.#beginsOperand()) left = { kind: 'concatenation', left, right: this.#sum() }
    return left
  }

  #beginsOperand(): boolean {
    const { kind, text } = this.peek()
    if (
      kind === 'number' ||
      kind === 'string' ||
      kind === 'name' ||
      kind === 'call' ||
      kind === 'regex'
    )
      return true
    return kind === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(text)
  }

  #sum(): Expression {
    let left = this.#product()
    while (this.is('+') || this.is('-'))
      left = { kind: 'binary', operator: this.next().text, left, right: this.#product() }
    return left
  }

  #product(): Expression {
    let left = this.#unary()
    while (this.is('*') || this.is('/') || this.is('%'))
      left = { kind: 'binary', operator: this.next().text, left, right: this.#unary() }
    return left
  }

  #unary(): Expression {
    if (++this.#depth > DEEPEST)
      throw new AwkError(`line ${this.peek().line}: expression nested too deeply`)
    const operator = (['!', '-', '+'] as const).find((one) => this.take(one))
    const value: Expression =
      operator === undefined ? this.#power() : { kind: 'unary', operator, value: this.#unary() }
    this.#depth--
    return value
  }

  #power(): Expression {
    const left = this.#postfix()
    if (!this.take('^') && !this.take('**')) return left
    // -2 ^ -2: the exponent may have a sign, and binds to the right
    return { kind: 'binary', operator: '^', left, right: this.#unary() }
  }

  #postfix(): Expression {
    if (this.is('++') || this.is('--')) {
      const by = this.next().text === '++' ? 1 : -1
      return { kind: 'step', by, isPrefix: true, target: this.#primary() }
    }
    const value = this.#primary()
    if (!isTarget(value) || (!this.is('++') && !this.is('--'))) return value
    return { kind: 'step', by: this.next().text === '++' ? 1 : -1, isPrefix: false, target: value }
  }

  #primary(): Expression {
    const token = this.next()
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) }
      case 'string':
        return { kind: 'string', value: token.text }
      case 'regex':
        return { kind: 'regex', pattern: this.#pattern(token) }
      case 'name':
        return this.is('[')
          ? { kind: 'element', array: token.text, keys: this.keys() }
          : this.#plainName(token.text)
      case 'call':
        this.expect('(')
        return { kind: 'call', name: token.text, arguments: this.#list(')') }
      case 'word':
        if (token.text === 'getline') return this.#getline()
        break
      case 'operator':
        if (token.text === '$') return { kind: 'field', index: this.#fieldIndex() }
        if (token.text === '(') return this.#group()
        break
      default:
        break
    }
    this.#at--
    return this.fail()
  }

  #plainName(name: string): Expression {
    // `length` may stand without parentheses
    return name === 'length' ? { kind: 'call', name, arguments: [] } : { kind: 'variable', name }
  }

  #fieldIndex(): Expression {
    if (this.is('++') || this.is('--')) {
      const by = this.next().text === '++' ? 1 : -1
      return { kind: 'step', by, isPrefix: true, target: this.#primary() }
    }
    return this.take('-')
      ? { kind: 'unary', operator: '-', value: this.#primary() }
      : this.#primary()
  }

  #pattern({ text, line }: Token) {
    try {
      return compilePosix(text, { extended: true, escapes: true })
    } catch (error) {
      if (error instanceof PatternError)
        throw new AwkError(`line ${line}: regular expression compile failed (${error.message})`)
      throw error
    }
  }

  /** `(a)`, `(a, b) in array`. */
  #group(): Expression {
    const values = this.#list(')')
    if (values.length === 1) return { kind: 'unary', operator: '+', value: values[0]! }.value
    if (!this.isWord('in')) this.fail()
    this.next()
    return { kind: 'in', array: this.next().text, keys: values }
  }

  #getline(): Expression {
    const into = this.#into()
    if (!this.take('<')) return { kind: 'getline', ...into }
    return { kind: 'getline', from: this.#primary(), ...into }
  }

  #into(): { readonly into?: Expression } {
    const { kind, text } = this.peek()
    if (kind !== 'name' && !(kind === 'operator' && text === '$')) return {}
    return { into: this.#primary() }
  }
}
