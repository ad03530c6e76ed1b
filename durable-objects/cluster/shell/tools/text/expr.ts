// expr: one expression, a word at a time.
import { compilePosix, PatternError } from '#shell/tools/posix-pattern.ts'
import { rawTool } from '#shell/tools/run.ts'

class ExprError extends Error {}

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
]

const isZero = (text: string): boolean => text === '' || /^-?0+$/.test(text)
const isInteger = (text: string): boolean => /^-?[0-9]+$/.test(text)

class Parser {
  readonly #words: readonly string[]
  #at = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  run(): string {
    const value = this.#level(0)
    const extra = this.#words[this.#at]
    if (extra !== undefined) throw new ExprError(`syntax error: unexpected argument '${extra}'`)
    return value
  }

  #level(level: number): string {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#primary()
    let left = this.#level(level + 1)
    for (;;) {
      const operator = this.#words[this.#at]
      if (operator === undefined || !operators.includes(operator)) return left
      this.#at++
      left = apply(operator, left, this.#level(level + 1))
    }
  }

  #primary(): string {
    const word = this.#words[this.#at++]
    if (word === undefined)
      throw new ExprError(`syntax error: missing argument after '${this.#words.at(-1) ?? ''}'`)
    if (word === '(') {
      const value = this.#level(0)
      if (this.#words[this.#at++] !== ')') throw new ExprError("syntax error: expecting ')'")
      return value
    }
    if (word === 'length') return String(this.#primary().length)
    if (word === 'match') return matched(this.#primary(), this.#primary())
    if (word === 'index') {
      const text = this.#primary()
      const letters = this.#primary()
      return String([...text].findIndex((char) => letters.includes(char)) + 1)
    }
    if (word !== 'substr') return word
    const text = this.#primary()
    const [from, length] = [Number(this.#primary()), Number(this.#primary())]
    return from > 0 && length > 0 ? text.slice(from - 1, from - 1 + length) : ''
  }
}

const matched = (text: string, source: string): string => {
  const pattern = compilePosix(`^\\(${source}\\)`)
  const found = pattern.exec(text)
  if (pattern.groups < 2) return String(found === undefined ? 0 : found[1]! - found[0]!)
  return found === undefined || found[4]! < 0 ? '' : text.slice(found[4], found[5])
}

const apply = (operator: string, left: string, right: string): string => {
  if (operator === '|') return isZero(left) ? (isZero(right) ? '0' : right) : left
  if (operator === '&') return isZero(left) || isZero(right) ? '0' : left
  if (operator === ':') return matched(left, right)
  const areIntegers = isInteger(left) && isInteger(right)
  if (LEVELS[2]!.includes(operator)) {
    const [a, b] = areIntegers ? [BigInt(left), BigInt(right)] : [left, right]
    const order = a < b ? -1 : a > b ? 1 : 0
    const holds: Readonly<Record<string, boolean>> = {
      '<': order < 0,
      '<=': order <= 0,
      '=': order === 0,
      '==': order === 0,
      '!=': order !== 0,
      '>=': order >= 0,
      '>': order > 0,
    }
    return holds[operator] === true ? '1' : '0'
  }
  if (!areIntegers) throw new ExprError('non-integer argument')
  const [a, b] = [BigInt(left.slice(0, 1000)), BigInt(right.slice(0, 1000))]
  if (operator === '+') return String(a + b)
  if (operator === '-') return String(a - b)
  if (operator === '*') return String(a * b)
  if (b === 0n) throw new ExprError('division by zero')
  return String(operator === '/' ? a / b : a % b)
}

export const expr = rawTool('expr', function* (run, words) {
  if (words.length === 0)
    return run.isGnu ? yield* run.usage('missing operand', 2) : yield* run.bare(2)
  try {
    const value = new Parser(words).run()
    run.print(`${value}\n`)
    return isZero(value) ? 1 : 0
  } catch (error) {
    if (!(error instanceof ExprError || error instanceof PatternError)) throw error
    return yield* run.fail(
      run.isGnu
        ? error.message
        : error.message
            .replace(/^syntax error: .*/, 'syntax error')
            .replace('non-integer', 'non-numeric'),
      2,
    )
  }
})
