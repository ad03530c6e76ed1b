// kubernetes: cel-go parser
import { tokensOf, type Token } from '#apimachinery/cel/lexer.ts'
import { CelSyntaxError, type Expression } from '#apimachinery/cel/syntax.ts'

const MAX_DEPTH = 250
const MAX_LENGTH = 100_000

/** Reads an expression. Throws a CelSyntaxError. */
export const parseCel = (source: string): Expression => {
  if (source.length > MAX_LENGTH)
    throw new CelSyntaxError(
      0,
      `expression code point size exceeds limit: size: ${source.length}, limit ${MAX_LENGTH}`,
    )
  return new Parser(tokensOf(source)).whole()
}

/** Binary operators, the weakest first. Those of one level bind from left to right. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
]

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Expression {
    const expression = this.#expression()
    const token = this.#peek()
    if (token.kind !== 'end') this.#unexpected(token)
    return expression
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #is(text: string): boolean {
    const token = this.#peek()
    return token.kind === 'symbol' && token.text === text
  }

  #accept(text: string): Token | undefined {
    if (!this.#is(text)) return undefined
    return this.#tokens[this.#next++]!
  }

  #expect(text: string): Token {
    const token = this.#accept(text)
    if (token !== undefined) return token
    const found = this.#peek()
    throw new CelSyntaxError(
      found.at,
      `Syntax error: mismatched input '${found.text}' expecting '${text}'`,
    )
  }

  #unexpected(token: Token): never {
    throw new CelSyntaxError(
      token.at,
      token.kind === 'end'
        ? "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
        : `Syntax error: extraneous input '${token.text}' expecting <EOF>`,
    )
  }

  #expression(): Expression {
    if (++this.#depth > MAX_DEPTH)
      throw new CelSyntaxError(this.#peek().at, `expression recursion limit exceeded: ${MAX_DEPTH}`)
    const condition = this.#binary(0)
    const question = this.#accept('?')
    this.#depth--
    if (question === undefined) return condition
    const yes = this.#expression()
    this.#expect(':')
    const no = this.#expression()
    return call(question.at, '_?_:_', [condition, yes, no])
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const token = this.#peek()
      if (token.kind !== 'symbol' || !operators.includes(token.text)) return left
      this.#next++
      left = call(token.at, `_${token.text}_`, [left, this.#binary(level + 1)])
    }
  }

  #unary(): Expression {
    const { at } = this.#peek()
    if (++this.#depth > MAX_DEPTH)
      throw new CelSyntaxError(at, `expression recursion limit exceeded: ${MAX_DEPTH}`)
    const sign = this.#accept('!') ?? this.#accept('-')
    const expression = sign === undefined ? this.#member() : negated(at, sign.text, this.#unary())
    this.#depth--
    return expression
  }

  #member(): Expression {
    let expression = this.#primary()
    for (;;) {
      const dot = this.#accept('.')
      const bracket = dot === undefined ? this.#accept('[') : undefined
      if (dot !== undefined) expression = this.#selected(dot, expression)
      else if (bracket !== undefined) {
        const optional = this.#accept('?') !== undefined
        const key = this.#expression()
        this.#expect(']')
        expression = { at: bracket.at, kind: 'index', of: expression, key, optional }
      } else return expression
    }
  }

  #selected(dot: Token, of: Expression): Expression {
    const optional = this.#accept('?') !== undefined
    const token = this.#peek()
    if (token.kind !== 'name') this.#unexpected(token)
    this.#next++
    const field = token.text.startsWith('`') ? token.text.slice(1, -1) : token.text
    const bracket = optional ? undefined : this.#accept('(')
    if (bracket !== undefined)
      return {
        at: bracket.at,
        kind: 'call',
        name: field,
        target: of,
        arguments: this.#list(')'),
      }
    return { at: dot.at, kind: 'select', of, field, optional }
  }

  #primary(): Expression {
    const token = this.#tokens[this.#next++]!
    const { at } = token
    if (token.kind === 'literal') {
      if (token.value === 2n ** 63n) throw new CelSyntaxError(at, 'invalid int literal')
      return { at, kind: 'literal', value: token.value! }
    }
    if (token.kind === 'name') {
      const bracket = this.#accept('(')
      return bracket === undefined
        ? { at, kind: 'name', name: token.text }
        : call(bracket.at, token.text, this.#list(')'))
    }
    switch (token.text) {
      case '(': {
        const inner = this.#expression()
        this.#expect(')')
        return inner
      }
      case '[':
        return { at, kind: 'list', items: this.#list(']') }
      case '{':
        return { at, kind: 'map', entries: this.#entries() }
      case '.':
        return this.#primary()
      default:
        return this.#unexpected(token)
    }
  }

  #list(end: string): readonly Expression[] {
    const items: Expression[] = []
    while (this.#accept(end) === undefined) {
      if (items.length > 0) this.#expect(',')
      // a comma may stand after the last item
      if (end !== ')' && this.#accept(end) !== undefined) break
      items.push(this.#expression())
    }
    return items
  }

  #entries(): readonly (readonly [Expression, Expression])[] {
    const entries: (readonly [Expression, Expression])[] = []
    while (this.#accept('}') === undefined) {
      if (entries.length > 0) this.#expect(',')
      if (this.#accept('}') !== undefined) break
      const key = this.#expression()
      this.#expect(':')
      entries.push([key, this.#expression()])
    }
    return entries
  }
}

const call = (at: number, name: string, args: readonly Expression[]): Expression => ({
  at,
  kind: 'call',
  name,
  target: undefined,
  arguments: args,
})

const negated = (at: number, sign: string, expression: Expression): Expression => {
  const isNumber =
    sign === '-' &&
    expression.kind === 'literal' &&
    (typeof expression.value === 'bigint' || typeof expression.value === 'number')
  return isNumber
    ? { ...expression, value: -(expression.value as number) }
    : call(at, sign === '-' ? '-_' : '!_', [expression])
}
