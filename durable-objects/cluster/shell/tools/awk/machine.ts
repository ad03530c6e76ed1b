// Evaluates awk's expressions.
import type { Pattern } from '#apimachinery/re2.ts'
import { FUNCTIONS, replaceMatches } from '#shell/tools/awk/functions.ts'
import { patternOf, readRecord, splitAt, splitText } from '#shell/tools/awk/records.ts'
import { type AwkArray, type Frame, State } from '#shell/tools/awk/state.ts'
import { AwkError, type Expression } from '#shell/tools/awk/tree.ts'
import { compareValues, fromInput, isTrue, toNumber, type Value } from '#shell/tools/awk/values.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'
import { runProgram, type ToolRun } from '#shell/tools/tool.ts'

const DEEPEST = 200
const MOST_TEXT = 4 * 1024 * 1024
const MOST_ELEMENTS = 200_000

export class Machine extends State {
  /** Set by whoever runs statements: expressions call functions, whose bodies are statements. */
  callFunction: (name: string) => ToolRun<Value> = function* () {
    yield* []
    return undefined
  }

  #put(array: AwkArray, key: string, value: Value): void {
    if (array.size >= MOST_ELEMENTS && !array.has(key)) throw new AwkError('out of memory')
    array.set(key, value)
  }

  *key(keys: readonly Expression[]): ToolRun<string> {
    const parts: string[] = []
    for (const key of keys) parts.push(this.text(yield* this.value(key)))
    return parts.join(this.text(this.global('SUBSEP')))
  }

  *truth(expression: Expression): ToolRun<boolean> {
    return isTrue(yield* this.value(expression))
  }

  *value(expression: Expression): ToolRun<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value
      case 'variable':
        return this.variable(expression.name)
      case 'field':
        return this.field(toNumber(yield* this.value(expression.index)))
      case 'regex':
        return expression.pattern.test(this.recordText()) ? 1 : 0
      case 'element':
        return yield* this.#element(expression.array, expression.keys)
      case 'in':
        return this.array(expression.array).has(yield* this.key(expression.keys)) ? 1 : 0
      case 'assign':
        return yield* this.#assign(expression)
      case 'step': {
        const before = toNumber(yield* this.value(expression.target))
        yield* this.store(expression.target, before + expression.by)
        return expression.isPrefix ? before + expression.by : before
      }
      case 'conditional':
        return yield* this.value(
          (yield* this.truth(expression.test)) ? expression.yes : expression.no,
        )
      case 'and':
        return (yield* this.truth(expression.left)) && (yield* this.truth(expression.right)) ? 1 : 0
      case 'or':
        return (yield* this.truth(expression.left)) || (yield* this.truth(expression.right)) ? 1 : 0
      case 'concatenation': {
        const left = this.text(yield* this.value(expression.left))
        const joined = left + this.text(yield* this.value(expression.right))
        if (joined.length > MOST_TEXT) throw new AwkError('out of memory')
        return joined
      }
      case 'match': {
        const text = this.text(yield* this.value(expression.text))
        const pattern = yield* this.#pattern(expression.pattern)
        return pattern.test(text) === expression.isNegated ? 0 : 1
      }
      case 'unary': {
        const value = yield* this.value(expression.value)
        if (expression.operator === '!') return isTrue(value) ? 0 : 1
        return expression.operator === '-' ? -toNumber(value) : toNumber(value)
      }
      case 'binary':
        return this.#binary(
          expression.operator,
          yield* this.value(expression.left),
          yield* this.value(expression.right),
        )
      case 'call':
        return yield* this.#call(expression)
      case 'getline':
        return yield* this.#getline(expression)
    }
  }

  *#element(name: string, keys: readonly Expression[]): ToolRun<Value> {
    const key = yield* this.key(keys)
    const array = this.array(name)
    // to look is to make
    if (!array.has(key)) this.#put(array, key, undefined)
    return array.get(key)
  }

  *store(target: Expression, value: Value): ToolRun<void> {
    if (target.kind === 'variable') this.setVariable(target.name, value)
    else if (target.kind === 'field')
      this.setField(toNumber(yield* this.value(target.index)), value)
    else if (target.kind === 'element')
      this.#put(this.array(target.array), yield* this.key(target.keys), value)
    else throw new AwkError('syntax error: assignment to what is no variable')
  }

  *#assign({ operator, target, value }: Extract<Expression, { kind: 'assign' }>): ToolRun<Value> {
    if (operator === '') {
      const result = yield* this.value(value)
      yield* this.store(target, result)
      return result
    }
    const right = yield* this.value(value)
    const result = this.#binary(operator, yield* this.value(target), right)
    yield* this.store(target, result)
    return result
  }

  #binary(operator: string, left: Value, right: Value): Value {
    const format = this.text(this.global('CONVFMT'))
    switch (operator) {
      case '<':
        return compareValues(left, right, format) < 0 ? 1 : 0
      case '<=':
        return compareValues(left, right, format) <= 0 ? 1 : 0
      case '>':
        return compareValues(left, right, format) > 0 ? 1 : 0
      case '>=':
        return compareValues(left, right, format) >= 0 ? 1 : 0
      case '==':
        return compareValues(left, right, format) === 0 ? 1 : 0
      case '!=':
        return compareValues(left, right, format) === 0 ? 0 : 1
      default:
        return arithmetic(operator, toNumber(left), toNumber(right))
    }
  }

  *#pattern(expression: Expression): ToolRun<Pattern> {
    return expression.kind === 'regex'
      ? expression.pattern
      : patternOf(this.text(yield* this.value(expression)))
  }

  *#getline({ into, from, isCommand }: Extract<Expression, { kind: 'getline' }>): ToolRun<Value> {
    let text: string | undefined
    if (from === undefined) text = yield* this.readMain()
    else {
      const input = yield* this.streams.open(this.text(yield* this.value(from)), isCommand === true)
      if (input === undefined) return -1
      text = yield* readRecord(input, this.text(this.global('RS')))
      if (text !== undefined && isCommand === true)
        this.setGlobal('NR', toNumber(this.global('NR')) + 1)
    }
    if (text === undefined) return 0
    if (into === undefined) this.setRecord(text)
    else yield* this.store(into, fromInput(text))
    return 1
  }

  *#call(expression: Extract<Expression, { kind: 'call' }>): ToolRun<Value> {
    const { name } = expression
    yield* this.step()
    if (this.program.functions.has(name)) return yield* this.#callUser(expression)
    switch (name) {
      case 'length':
        return yield* this.#length(expression.arguments[0])
      case 'split':
        return yield* this.#split(expression.arguments)
      case 'sub':
      case 'gsub':
        return yield* this.#substitute(name === 'gsub', expression.arguments)
      case 'match':
        return yield* this.#match(expression.arguments)
      case 'rand':
        return this.#nextRandom()
      case 'system':
        yield* this.run.flush()
        return yield* runProgram({
          argv: ['sh', '-c', this.text(yield* this.#argument(expression, 0))],
        })
      case 'close':
        return yield* this.streams.close(this.text(yield* this.#argument(expression, 0)))
      default:
        return yield* this.#compute(expression)
    }
  }

  *#argument(
    { arguments: given }: Extract<Expression, { kind: 'call' }>,
    index: number,
  ): ToolRun<Value> {
    const argument = given[index]
    return argument === undefined ? undefined : yield* this.value(argument)
  }

  *#compute({ name, arguments: given }: Extract<Expression, { kind: 'call' }>): ToolRun<Value> {
    const values: Value[] = []
    for (const argument of given) values.push(yield* this.value(argument))
    if (name === 'fflush') {
      yield* this.run.flush()
      return 0
    }
    const now = this.run.call.now()
    if (name === 'systime') return Math.floor(now / 1000)
    if (name === 'strftime')
      return formatMoment(
        values[0] === undefined ? '%a %b %e %H:%M:%S %Z %Y' : this.text(values[0]),
        values[1] === undefined ? now : toNumber(values[1]) * 1000,
      )
    if (name === 'srand') {
      const before = this.random
      this.random = values[0] === undefined ? Math.floor(now / 1000) : toNumber(values[0])
      return before
    }
    const compute = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (compute === undefined) throw new AwkError(`function ${name} never defined`)
    return compute(values, this.text(this.global('CONVFMT')))
  }

  #nextRandom(): number {
    this.random = (Math.imul(this.random | 0, 1_664_525) + 1_013_904_223) >>> 0
    return this.random / 0x1_0000_0000
  }

  *#length(argument: Expression | undefined): ToolRun<Value> {
    if (argument === undefined) return this.recordText().length
    if (argument.kind === 'variable') {
      const value = this.frameOf(argument.name).get(argument.name)
      if (value instanceof Map) return value.size
    }
    return this.text(yield* this.value(argument)).length
  }

  *#split([text, target, separator]: readonly Expression[]): ToolRun<Value> {
    if (text === undefined || target?.kind !== 'variable')
      throw new AwkError('split: the second argument must be an array')
    const whole = this.text(yield* this.value(text))
    let parts: readonly string[]
    if (separator?.kind === 'regex') parts = splitAt(whole, separator.pattern)
    else
      parts = splitText(
        whole,
        separator === undefined ? this.separator() : this.text(yield* this.value(separator)),
      )
    const array = this.array(target.name)
    array.clear()
    for (const [index, part] of parts.entries())
      this.#put(array, String(index + 1), fromInput(part))
    return parts.length
  }

  *#substitute(
    isGlobal: boolean,
    [pattern, replacement, target]: readonly Expression[],
  ): ToolRun<Value> {
    if (pattern === undefined || replacement === undefined)
      throw new AwkError('sub: not enough arguments')
    const compiled = yield* this.#pattern(pattern)
    const by = this.text(yield* this.value(replacement))
    const place: Expression = target ?? { kind: 'field', index: { kind: 'number', value: 0 } }
    const [result, count] = replaceMatches(
      this.text(yield* this.value(place)),
      compiled,
      by,
      isGlobal,
    )
    if (result.length > MOST_TEXT) throw new AwkError('out of memory')
    if (count > 0) yield* this.store(place, result)
    return count
  }

  *#match([text, pattern]: readonly Expression[]): ToolRun<Value> {
    if (text === undefined || pattern === undefined)
      throw new AwkError('match: not enough arguments')
    const whole = this.text(yield* this.value(text))
    const found = (yield* this.#pattern(pattern)).exec(whole)
    this.setGlobal('RSTART', found === undefined ? 0 : found[0]! + 1)
    this.setGlobal('RLENGTH', found === undefined ? -1 : found[1]! - found[0]!)
    return found === undefined ? 0 : found[0]! + 1
  }

  *#callUser({ name, arguments: given }: Extract<Expression, { kind: 'call' }>): ToolRun<Value> {
    const { parameters } = this.program.functions.get(name)!
    if (this.frames.length >= DEEPEST) throw new AwkError('function calls nested too deeply')
    const frame: Frame = new Map()
    /** Names that were handed in without a value: the function may make arrays of them. */
    const open: [parameter: string, argument: string][] = []
    for (const [index, parameter] of parameters.entries()) {
      const argument = given[index]
      if (argument?.kind !== 'variable' || argument.name === 'NF') {
        frame.set(parameter, argument === undefined ? undefined : yield* this.value(argument))
        continue
      }
      const value = this.frameOf(argument.name).get(argument.name)
      frame.set(parameter, value)
      if (value === undefined) open.push([parameter, argument.name])
    }
    this.frames.push(frame)
    const result = yield* this.callFunction(name)
    this.frames.pop()
    for (const [parameter, argument] of open) {
      const value = frame.get(parameter)
      if (value instanceof Map) this.frameOf(argument).set(argument, value)
    }
    return result
  }
}

const arithmetic = (operator: string, left: number, right: number): number => {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      if (right === 0) throw new AwkError('division by zero')
      return left / right
    case '%':
      if (right === 0) throw new AwkError('division by zero in %')
      return left % right
    default:
      return left ** right
  }
}
