// `$(( … ))`, `(( … ))` and everything else that is a number: 64 bits, as in the shells.
import type { ArithmeticExpression, ArithmeticWord, WordPart } from 'unbash'
import {
  fatalStatus,
  parameter,
  setItem,
  setKey,
  setParameter,
} from '#shell/interpreter/parameters.ts'
import { type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'
import { parseScript } from '#shell/language/parse.ts'

/** How the parts of a word become text; given by whoever expands words. */
export type TextOf = (shell: Shell, parts: readonly WordPart[]) => Steps<string>

const NAME = /^[A-Za-z_]\w*$/
const ELEMENT = /^([A-Za-z_]\w*)\[([\s\S]+)\]$/
const MOST_DEPTH = 32

export class Arithmetic {
  readonly #shell: Shell
  readonly #textOf: TextOf
  /** As it is named in complaints. */
  readonly #source: string
  readonly #depth: number

  constructor(shell: Shell, textOf: TextOf, source: string, depth = 0) {
    this.#shell = shell
    this.#textOf = textOf
    this.#source = source.trim()
    this.#depth = depth
  }

  /** A text that stands where a number is asked for. */
  *text(text: string): Steps<bigint> {
    const trimmed = text.trim()
    if (trimmed === '') return 0n
    const number = numberOf(trimmed)
    if (number !== undefined) return number
    if (this.#depth > MOST_DEPTH) throw this.#fail('expression recursion level exceeded')
    const parsed = parseScript(`((${trimmed}))`)
    const command = 'error' in parsed ? undefined : parsed.script.commands[0]?.command
    if (command?.type !== 'ArithmeticCommand' || command.expression === undefined) throw this.#bad()
    const inner = new Arithmetic(this.#shell, this.#textOf, trimmed, this.#depth + 1)
    return yield* inner.value(command.expression)
  }

  *value(node: ArithmeticExpression): Steps<bigint> {
    this.#shell.kernel.step()
    switch (node.type) {
      case 'ArithmeticGroup':
        return yield* this.value(node.expression)
      case 'ArithmeticTernary':
        return yield* this.value(
          (yield* this.value(node.test)) === 0n ? node.alternate : node.consequent,
        )
      case 'ArithmeticCommandExpansion':
        if (node.script === undefined) return 0n
        return yield* this.text(
          yield* this.#shell.executor.substitute(this.#shell, node.script, node.script.source),
        )
      case 'ArithmeticUnary':
        return yield* this.#unary(node)
      case 'ArithmeticWord':
        return yield* this.#word(node)
      case 'ArithmeticBinary':
        return yield* this.#binary(node)
    }
  }

  *#word(node: ArithmeticWord): Steps<bigint> {
    // the subscript of an associative array is a text, whatever it looks like
    const keyed = ELEMENT.exec(node.value.trim())
    if (keyed !== null && this.#shell.state.variable(keyed[1]!)?.keyed !== undefined)
      return yield* this.#variable(node.value.trim())
    if (node.parts !== undefined)
      return yield* this.text(yield* this.#textOf(this.#shell, node.parts))
    const text = node.value.trim()
    const number = numberOf(text)
    if (number !== undefined) return number
    if (text === '') throw this.#bad()
    if (text.includes('$') || text.includes('`'))
      return yield* this.text(yield* this.#expanded(text))
    return yield* this.#variable(text)
  }

  *#expanded(text: string): Steps<string> {
    const parsed = parseScript(`: "${text}"`)
    const command = 'error' in parsed ? undefined : parsed.script.commands[0]?.command
    const word = command?.type === 'Command' ? command.suffix[0] : undefined
    if (word?.type !== 'Word' || word.parts === undefined) throw this.#bad()
    return yield* this.#textOf(this.#shell, word.parts)
  }

  *#variable(text: string): Steps<bigint> {
    if (NAME.test(text)) return yield* this.#nested(parameter(this.#shell, text) ?? '')
    const element = ELEMENT.exec(text)
    if (element === null) throw this.#bad()
    const [, name, subscript] = element
    const variable = this.#shell.state.variable(name!)
    if (variable?.keyed !== undefined)
      return yield* this.#nested(variable.keyed.get(yield* this.#keyOf(subscript!)) ?? '')
    const index = Number(yield* this.text(subscript!))
    const items = variable?.items ?? [variable?.value]
    return yield* this.#nested(items[index < 0 ? items.length + index : index] ?? '')
  }

  /** Of an associative array. */
  *#keyOf(subscript: string): Steps<string> {
    return /[$`]/.test(subscript) ? yield* this.#expanded(subscript) : subscript
  }

  *#nested(text: string): Steps<bigint> {
    if (this.#depth > MOST_DEPTH) throw this.#fail('expression recursion level exceeded')
    const inner = new Arithmetic(this.#shell, this.#textOf, text, this.#depth + 1)
    return yield* inner.text(text)
  }

  *#unary(node: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>): Steps<bigint> {
    if (node.operator === '++' || node.operator === '--') {
      const before = yield* this.value(node.operand)
      const after = BigInt.asIntN(64, node.operator === '++' ? before + 1n : before - 1n)
      yield* this.#assign(node.operand, after)
      return node.prefix ? after : before
    }
    const value = yield* this.value(node.operand)
    if (node.operator === '!') return value === 0n ? 1n : 0n
    if (node.operator === '~') return ~value
    return node.operator === '-' ? BigInt.asIntN(64, -value) : value
  }

  *#assign(target: ArithmeticExpression, value: bigint): Steps<void> {
    const text = target.type === 'ArithmeticWord' ? target.value.trim() : ''
    const element = ELEMENT.exec(text)
    if (element !== null && this.#shell.state.variable(element[1]!)?.keyed !== undefined)
      setKey(this.#shell, element[1]!, yield* this.#keyOf(element[2]!), String(value))
    else if (element !== null)
      setItem(this.#shell, element[1]!, Number(yield* this.text(element[2]!)), String(value))
    else if (NAME.test(text)) setParameter(this.#shell, text, String(value))
    else throw this.#fail('attempted assignment to non-variable')
  }

  *#binary(node: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>): Steps<bigint> {
    const { operator, left, right } = node
    if (operator === '&&')
      return (yield* this.value(left)) !== 0n && (yield* this.value(right)) !== 0n ? 1n : 0n
    if (operator === '||')
      return (yield* this.value(left)) !== 0n || (yield* this.value(right)) !== 0n ? 1n : 0n
    if (operator === '=') {
      const value = yield* this.value(right)
      yield* this.#assign(left, value)
      return value
    }
    if (ASSIGNMENTS.has(operator)) {
      const before = yield* this.value(left)
      const value = this.#apply(operator.slice(0, -1), before, yield* this.value(right))
      yield* this.#assign(left, value)
      return value
    }
    const first = yield* this.value(left)
    return this.#apply(operator, first, yield* this.value(right))
  }

  #apply(operator: string, left: bigint, right: bigint): bigint {
    if ((operator === '/' || operator === '%') && right === 0n)
      throw new ShellFailure(
        MESSAGES.divisionByZero(this.#source)[this.#shell.state.flavour],
        fatalStatus(this.#shell, 1),
      )
    if (operator === '**' && this.#shell.state.flavour === 'dash') throw this.#bad()
    if (operator === '**') return this.#power(left, right)
    const apply = OPERATORS.get(operator)
    if (apply === undefined) throw this.#bad()
    return BigInt.asIntN(64, apply(left, right))
  }

  #power(base: bigint, exponent: bigint): bigint {
    if (exponent < 0n) throw this.#fail('exponent less than 0')
    let [result, factor, left] = [1n, base, exponent]
    while (left > 0n) {
      if (left % 2n === 1n) result = BigInt.asIntN(64, result * factor)
      factor = BigInt.asIntN(64, factor * factor)
      left /= 2n
    }
    return result
  }

  #bad(): ShellFailure {
    return new ShellFailure(
      MESSAGES.badArithmetic(this.#source)[this.#shell.state.flavour],
      fatalStatus(this.#shell, 1),
    )
  }

  #fail(text: string): ShellFailure {
    return new ShellFailure(`${this.#source}: ${text}`, fatalStatus(this.#shell, 1))
  }
}

const ASSIGNMENTS = new Set(['+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '|=', '^='])

const truth = (value: boolean): bigint => (value ? 1n : 0n)
const bits = (value: bigint): bigint => BigInt.asUintN(6, value)

const OPERATORS = new Map<string, (a: bigint, b: bigint) => bigint>([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
  ['<<', (a, b) => a << bits(b)],
  ['>>', (a, b) => a >> bits(b)],
  ['&', (a, b) => a & b],
  ['|', (a, b) => a | b],
  ['^', (a, b) => a ^ b],
  ['<', (a, b) => truth(a < b)],
  ['>', (a, b) => truth(a > b)],
  ['<=', (a, b) => truth(a <= b)],
  ['>=', (a, b) => truth(a >= b)],
  ['==', (a, b) => truth(a === b)],
  ['!=', (a, b) => truth(a !== b)],
  [',', (_, b) => b],
])

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

const numberOf = (text: string): bigint | undefined => {
  if (text.length > 64) return undefined
  if (/^0[0-7]+$/.test(text)) return BigInt.asIntN(64, BigInt(`0o${text.slice(1)}`))
  if (/^(0|[1-9]\d*)$/.test(text) || /^0[xX][0-9a-fA-F]+$/.test(text))
    return BigInt.asIntN(64, BigInt(text.toLowerCase()))
  const based = /^(\d+)#([0-9a-zA-Z]+)$/.exec(text)
  if (based === null) return undefined
  const base = Number(based[1])
  if (base < 2 || base > 36) return undefined
  let value = 0n
  for (const digit of based[2]!.toLowerCase()) {
    const at = DIGITS.indexOf(digit)
    if (at >= base) return undefined
    value = value * BigInt(base) + BigInt(at)
  }
  return BigInt.asIntN(64, value)
}
