// `test`, `[`.
import type { Builtin } from '#shell/builtins/builtin.ts'
import { compareFiles, fileTest, isFileTest, isSet } from '#shell/interpreter/file-test.ts'
import { complain, type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

const BAD = 2

const test: Builtin = function* run(shell, given, name) {
  let args = given
  if (name === '[') {
    if (args.at(-1) !== ']') {
      yield* complain(shell, MESSAGES.missingBracket())
      return BAD
    }
    args = args.slice(0, -1)
  }
  try {
    return new Reader(shell, name, args).all() ? 0 : 1
  } catch (error) {
    if (!(error instanceof ShellFailure)) throw error
    yield* complain(shell, error.message)
    return BAD
  }
}

class Reader {
  readonly #shell: Shell
  readonly #name: string
  readonly #words: readonly string[]
  #at = 0

  constructor(shell: Shell, name: string, words: readonly string[]) {
    this.#shell = shell
    this.#name = name
    this.#words = words
  }

  /** POSIX says what up to four words mean; more are read as an expression. */
  all(): boolean {
    const words = this.#words
    if (words.length === 0) return false
    if (words.length === 1) return words[0] !== ''
    if (words.length === 2 && words[0] === '!') return words[1] === ''
    if (words.length === 2 && isBinary(words[1]!)) throw this.#missing(words[1]!)
    if (words.length === 3 && isBinary(words[1]!))
      return this.#binary(words[0]!, words[1]!, words[2]!)
    const holds = this.#or()
    if (this.#at < words.length) throw this.#unexpected()
    return holds
  }

  #missing(operator: string): ShellFailure {
    const texts = {
      dash: `${this.#name}: ${operator}: argument expected`,
      ash: `${this.#words[0]}: unknown operand`,
      bash: `${this.#name}: ${this.#words[0]}: unary operator expected`,
    }
    return new ShellFailure(texts[this.#shell.state.flavour], BAD)
  }

  #unexpected(): ShellFailure {
    const word = this.#words[this.#at] ?? ''
    const texts = {
      dash: `${this.#name}: ${word}: unexpected operator`,
      ash: `${word}: unknown operand`,
      bash: `${this.#name}: ${this.#words.length === 3 ? `${word}: binary operator expected` : 'too many arguments'}`,
    }
    return new ShellFailure(texts[this.#shell.state.flavour], BAD)
  }

  #or(): boolean {
    let holds = this.#and()
    while (this.#words[this.#at] === '-o') {
      this.#at++
      const right = this.#and()
      holds = holds || right
    }
    return holds
  }

  #and(): boolean {
    let holds = this.#not()
    while (this.#words[this.#at] === '-a') {
      this.#at++
      const right = this.#not()
      holds = holds && right
    }
    return holds
  }

  #not(): boolean {
    let isNegated = false
    while (this.#words[this.#at] === '!' && this.#at + 1 < this.#words.length) {
      isNegated = !isNegated
      this.#at++
    }
    return this.#primary() !== isNegated
  }

  #primary(): boolean {
    const [first, second, third] = this.#words.slice(this.#at)
    if (first === undefined) {
      const { flavour } = this.#shell.state
      const texts = {
        dash: `${this.#name}: argument expected`,
        ash: 'argument expected',
        bash: `${this.#name}: argument expected`,
      }
      throw new ShellFailure(texts[flavour], BAD)
    }
    if (second !== undefined && third !== undefined && isBinary(second)) {
      this.#at += 3
      return this.#binary(first, second, third)
    }
    if (first === '(') {
      this.#at++
      const holds = this.#or()
      if (this.#words[this.#at] !== ')') throw this.#unexpected()
      this.#at++
      return holds
    }
    if (second !== undefined && isUnary(first)) {
      this.#at += 2
      return this.#unary(first, second)
    }
    this.#at++
    return first !== ''
  }

  #unary(operator: string, operand: string): boolean {
    if (operator === '-n') return operand !== ''
    if (operator === '-z') return operand === ''
    if (operator === '-v') return isSet(this.#shell, operand)
    return fileTest(this.#shell, operator, operand)
  }

  #binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case '=':
      case '==':
        return left === right
      case '!=':
        return left !== right
      case '<':
        return left < right
      case '>':
        return left > right
      case '-a':
        return left !== '' && right !== ''
      case '-o':
        return left !== '' || right !== ''
      default: {
        const files = compareFiles(this.#shell, operator, left, right)
        if (files !== undefined) return files
        return COMPARE[operator]!(this.#number(left), this.#number(right))
      }
    }
  }

  #number(text: string): number {
    if (/^\s*[-+]?\d+\s*$/.test(text)) return Number(text)
    throw new ShellFailure(MESSAGES.notANumber(this.#name, text)[this.#shell.state.flavour], BAD)
  }
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}

const BINARY = new Set(['=', '==', '!=', '<', '>', '-nt', '-ot', '-ef', ...Object.keys(COMPARE)])

const isBinary = (word: string): boolean => BINARY.has(word)
const isUnary = (word: string): boolean => isFileTest(word) || /^-[nzv]$/.test(word)

export const TEST: readonly (readonly [string, Builtin])[] = [
  ['test', test],
  ['[', test],
]
