// awk
import { isFailure } from '#shell/files/failure.ts'
import { Machine } from '#shell/tools/awk/machine.ts'
import { parseProgram } from '#shell/tools/awk/parse.ts'
import { unescape } from '#shell/tools/awk/tokens.ts'
import { FieldError } from '#shell/tools/awk/records.ts'
import {
  AwkError,
  type Expression,
  type Output,
  type Program,
  type Rule,
  type Statement,
} from '#shell/tools/awk/tree.ts'
import { fromInput, sprintf, toNumber, type Value } from '#shell/tools/awk/values.ts'
import { openInput } from '#shell/tools/input.ts'
import { PatternError } from '#shell/tools/posix-pattern.ts'
import { type Run, tool, type ToolOf } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

type End = 'next' | 'nextfile' | 'break' | 'continue' | 'exit' | 'return' | undefined

const makeAwk = (name: string): ToolOf =>
  tool(
    name,
    { short: '+F:f:v:W:', long: { 'field-separator': 'F', file: 'f', assign: 'v' }, usageCode: 2 },
    function* (run) {
      const operands = [...run.operands]
      const sources: string[] = []
      for (const path of run.options.values('f')) {
        const input = openInput(run, path)
        if (isFailure(input)) return yield* run.fail(`cannot open ${path} (${input.text})`, 2)
        sources.push(yield* input.rest())
      }
      if (sources.length === 0) {
        const source = operands.shift()
        if (source === undefined) return yield* noProgram(run)
        sources.push(source)
      }
      try {
        const machine = new Machine(run, parseProgram(sources.join('\n')), operands)
        const separator = run.value('F')
        if (separator !== undefined)
          machine.setGlobal('FS', separator === 't' ? '\t' : unescape(separator))
        for (const text of run.options.values('v')) {
          const [key = '', value = ''] = text.split(/=(.*)/s)
          machine.setGlobal(key, fromInput(unescape(value)))
        }
        return yield* new Execution(machine).run()
      } catch (error) {
        if (
          !(
            error instanceof AwkError ||
            error instanceof PatternError ||
            error instanceof FieldError
          )
        )
          throw error
        return yield* run.fail(
          run.isGnu
            ? error.message
            : error.message.replace(
                /^line [0-9]+: syntax error at or near .*/,
                'cmd. line:1: Unexpected token',
              ),
          run.isGnu ? 2 : 1,
        )
      }
    },
  )

function* noProgram(run: Run): ToolRun {
  if (!run.isGnu) return yield* run.bare()
  yield { kind: 'write', fd: 2, text: "Usage: mawk [Options] 'Program' [file ...]\n" }
  return 2
}

export const awk = makeAwk('awk')
export const mawk = makeAwk('mawk')

class Execution {
  readonly #machine: Machine
  readonly #run: Run
  readonly #program: Program
  /** Ranges under way. */
  readonly #ranges = new Set<Rule>()
  #result: Value

  constructor(machine: Machine) {
    this.#machine = machine
    this.#run = machine.run
    this.#program = machine.program
    machine.callFunction = (name) => this.#function(name)
  }

  *run(): ToolRun {
    const { rules } = this.#program
    let end: End
    for (const rule of rules) {
      if (rule.when !== 'BEGIN' || rule.body === undefined) continue
      end = yield* this.#whole(rule.body)
      if (end === 'exit') break
    }
    const readsInput = rules.some(({ when }) => when !== 'BEGIN')
    if (end !== 'exit' && readsInput) end = yield* this.#records(rules)
    for (const rule of rules) {
      if (rule.when !== 'END' || rule.body === undefined) continue
      if ((yield* this.#whole(rule.body)) === 'exit') break
    }
    yield* this.#machine.streams.closeAll()
    return this.#result === undefined ? this.#run.exitCode : toNumber(this.#result) & 255
  }

  *#records(rules: readonly Rule[]): ToolRun<End> {
    const lineRules = rules.filter(({ when }) => when === 'line' || when === 'range')
    while (yield* this.#machine.nextRecord()) {
      if (this.#run.isFull) yield* this.#run.flush()
      for (const rule of lineRules) {
        if (!(yield* this.#applies(rule))) continue
        const end = rule.body === undefined ? this.#printRecord() : yield* this.#whole(rule.body)
        if (end === 'exit') return end
        if (end === 'nextfile') this.#machine.input.skipFile()
        if (end === 'next' || end === 'nextfile') break
      }
    }
    return undefined
  }

  /** A rule's body. */
  *#whole(body: Statement): ToolRun<End> {
    try {
      return yield* this.#statement(body)
    } catch (error) {
      if (!(error instanceof ExitError)) throw error
      this.#machine.leaveFunctions()
      return 'exit'
    }
  }

  #printRecord(): undefined {
    this.#run.print(this.#machine.recordText() + this.#machine.text(this.#machine.global('ORS')))
    return undefined
  }

  *#applies(rule: Rule): ToolRun<boolean> {
    if (rule.test === undefined) return true
    if (rule.when === 'line') return yield* this.#machine.truth(rule.test)
    if (!this.#ranges.has(rule)) {
      if (!(yield* this.#machine.truth(rule.test))) return false
      this.#ranges.add(rule)
    }
    if (rule.until !== undefined && (yield* this.#machine.truth(rule.until)))
      this.#ranges.delete(rule)
    return true
  }

  *#function(name: string): ToolRun<Value> {
    const before = this.#result
    this.#result = undefined
    const end = yield* this.#statement(this.#program.functions.get(name)!.body)
    if (end === 'exit') throw new ExitError()
    const result = this.#result
    this.#result = before
    return result
  }

  *#statement(statement: Statement): ToolRun<End> {
    yield* this.#machine.step()
    switch (statement.kind) {
      case 'expression':
        yield* this.#machine.value(statement.value)
        return undefined
      case 'print':
      case 'printf':
        return yield* this.#print(statement)
      case 'block':
        for (const one of statement.body) {
          const end = yield* this.#statement(one)
          if (end !== undefined) return end
        }
        return undefined
      case 'if':
        if (yield* this.#machine.truth(statement.test)) return yield* this.#statement(statement.yes)
        return statement.no === undefined ? undefined : yield* this.#statement(statement.no)
      case 'while':
        return yield* this.#while(statement)
      case 'for':
        return yield* this.#for(statement)
      case 'for-in':
        return yield* this.#forIn(statement)
      case 'delete': {
        const array = this.#machine.array(statement.array)
        if (statement.keys === undefined) array.clear()
        else array.delete(yield* this.#machine.key(statement.keys))
        return undefined
      }
      case 'exit':
      case 'return':
        if (statement.value !== undefined)
          this.#result = yield* this.#machine.value(statement.value)
        return statement.kind
      default:
        return statement.kind
    }
  }

  *#while({ test, body, isAfter }: Extract<Statement, { kind: 'while' }>): ToolRun<End> {
    let isFirst = isAfter === true
    while (isFirst || (yield* this.#machine.truth(test))) {
      isFirst = false
      const end = yield* this.#statement(body)
      if (end === 'break') break
      if (end !== undefined && end !== 'continue') return end
    }
    return undefined
  }

  *#for({ first, test, next, body }: Extract<Statement, { kind: 'for' }>): ToolRun<End> {
    if (first !== undefined) yield* this.#statement(first)
    for (;;) {
      if (test !== undefined && !(yield* this.#machine.truth(test))) break
      const end = yield* this.#statement(body)
      if (end === 'break') break
      if (end !== undefined && end !== 'continue') return end
      if (next !== undefined) yield* this.#statement(next)
      if (this.#run.isFull) yield* this.#run.flush()
    }
    return undefined
  }

  *#forIn({ variable, array, body }: Extract<Statement, { kind: 'for-in' }>): ToolRun<End> {
    const values = this.#machine.array(array)
    for (const key of Array.from(values.keys())) {
      if (!values.has(key)) continue
      this.#machine.setVariable(variable, fromInput(key))
      const end = yield* this.#statement(body)
      if (end === 'break') break
      if (end !== undefined && end !== 'continue') return end
    }
    return undefined
  }

  *#print({
    kind,
    values,
    output,
  }: Extract<Statement, { kind: 'print' | 'printf' }>): ToolRun<undefined> {
    const machine = this.#machine
    const given: Value[] = []
    for (const value of values) given.push(yield* machine.value(value))
    let text: string
    if (kind === 'printf')
      text = sprintf(
        machine.text(given[0]),
        given.slice(1),
        machine.text(machine.global('CONVFMT')),
      )
    else {
      const whole =
        given.length === 0
          ? machine.recordText()
          : given.map((value) => machine.printed(value)).join(machine.text(machine.global('OFS')))
      text = whole + machine.text(machine.global('ORS'))
    }
    if (output === undefined) this.#run.print(text)
    else yield* this.#write(output, text)
    return undefined
  }

  *#write({ mode, to }: Output, text: string): ToolRun<void> {
    const name = this.#machine.text(yield* this.#machine.value(to satisfies Expression))
    const failed = yield* this.#machine.streams.write(mode, name, text)
    if (failed !== undefined) throw new AwkError(`cannot open "${name}" for output`)
  }
}

/** `exit` within a function. */
class ExitError extends Error {}
