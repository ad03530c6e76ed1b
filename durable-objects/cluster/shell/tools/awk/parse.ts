// Reads awk programs: rules, functions, statements.
import { ExpressionParser } from '#shell/tools/awk/parse-expression.ts'
import {
  type Expression,
  type Output,
  type Program,
  type Rule,
  type Statement,
  type UserFunction,
} from '#shell/tools/awk/tree.ts'

export const parseProgram = (source: string): Program => new ProgramParser(source).program()

class ProgramParser extends ExpressionParser {
  program(): Program {
    const rules: Rule[] = []
    const functions = new Map<string, UserFunction>()
    for (;;) {
      this.skipBreaks(true)
      if (this.peek().kind === 'end') return { rules, functions }
      if (this.isWord('function') || this.isWord('func')) {
        const one = this.#function()
        functions.set(one.name, one)
      } else rules.push(this.#rule())
    }
  }

  #function(): UserFunction {
    this.next()
    const name = this.next().text
    this.expect('(')
    const parameters: string[] = []
    while (!this.is(')')) {
      parameters.push(this.next().text)
      if (!this.take(',')) break
      this.skipBreaks()
    }
    this.expect(')')
    this.skipBreaks()
    return { name, parameters, body: this.#block() }
  }

  #rule(): Rule {
    if (this.isWord('BEGIN') || this.isWord('END')) {
      const when = this.next().text as 'BEGIN' | 'END'
      if (!this.is('{')) this.fail()
      return { when, body: this.#block() }
    }
    if (this.is('{')) return { when: 'line', body: this.#block() }
    const test = this.expression()
    let until: Expression | undefined
    if (this.take(',')) {
      this.skipBreaks()
      until = this.expression()
    }
    const body = this.is('{') ? { body: this.#block() } : {}
    return until === undefined
      ? { when: 'line', test, ...body }
      : { when: 'range', test, until, ...body }
  }

  #block(): Statement {
    this.expect('{')
    const body: Statement[] = []
    for (;;) {
      this.skipBreaks(true)
      if (this.take('}')) return { kind: 'block', body }
      body.push(this.#statement())
    }
  }

  /** What stands after `if (…)`, `else`, `for (…)`. */
  #inner(): Statement {
    this.skipBreaks()
    if (this.take(';')) return { kind: 'block', body: [] }
    return this.#statement()
  }

  #statement(): Statement {
    if (this.is('{')) return this.#block()
    const { kind, text } = this.peek()
    if (kind === 'word')
      switch (text) {
        case 'if':
          return this.#if()
        case 'while':
          return this.#while()
        case 'do':
          return this.#do()
        case 'for':
          return this.#for()
      }
    const statement = this.#simple()
    this.#terminate()
    return statement
  }

  #terminate(): void {
    if (
      this.take(';') ||
      this.peek().kind === 'newline' ||
      this.is('}') ||
      this.peek().kind === 'end'
    )
      return
    this.fail()
  }

  #if(): Statement {
    this.next()
    this.expect('(')
    const test = this.expression()
    this.expect(')')
    const yes = this.#inner()
    const back = this.mark()
    this.skipBreaks(true)
    if (!this.isWord('else')) {
      this.reset(back)
      return { kind: 'if', test, yes }
    }
    this.next()
    return { kind: 'if', test, yes, no: this.#inner() }
  }

  #while(): Statement {
    this.next()
    this.expect('(')
    const test = this.expression()
    this.expect(')')
    return { kind: 'while', test, body: this.#inner() }
  }

  #do(): Statement {
    this.next()
    const body = this.#inner()
    this.skipBreaks(true)
    if (!this.isWord('while')) this.fail()
    this.next()
    this.expect('(')
    const test = this.expression()
    this.expect(')')
    return { kind: 'while', test, body, isAfter: true }
  }

  #for(): Statement {
    this.next()
    this.expect('(')
    const loop = this.#forIn()
    if (loop !== undefined) return loop
    const first = this.is(';') ? undefined : this.#simple()
    this.expect(';')
    this.skipBreaks()
    const test = this.is(';') ? undefined : this.expression()
    this.expect(';')
    this.skipBreaks()
    const step = this.is(')') ? undefined : this.#simple()
    this.expect(')')
    return {
      kind: 'for',
      body: this.#inner(),
      ...(first === undefined ? {} : { first }),
      ...(test === undefined ? {} : { test }),
      ...(step === undefined ? {} : { next: step }),
    }
  }

  #forIn(): Statement | undefined {
    const back = this.mark()
    const variable = this.next()
    if (variable.kind === 'name' && this.isWord('in')) {
      this.next()
      const array = this.next()
      if (array.kind === 'name' && this.take(')'))
        return { kind: 'for-in', variable: variable.text, array: array.text, body: this.#inner() }
    }
    this.reset(back)
    return undefined
  }

  #simple(): Statement {
    const { kind, text } = this.peek()
    if (kind !== 'word' || text === 'getline')
      return { kind: 'expression', value: this.expression() }
    this.next()
    switch (text) {
      case 'print':
      case 'printf':
        return this.#print(text)
      case 'next':
      case 'nextfile':
      case 'break':
      case 'continue':
        return { kind: text }
      case 'exit':
      case 'return':
        return this.#isOver() ? { kind: text } : { kind: text, value: this.expression() }
      case 'delete': {
        const array = this.next().text
        return this.is('[')
          ? { kind: 'delete', array, keys: this.keys() }
          : { kind: 'delete', array }
      }
      default:
        return this.fail()
    }
  }

  #isOver(): boolean {
    return (
      this.is(';') || this.is('}') || this.peek().kind === 'newline' || this.peek().kind === 'end'
    )
  }

  #print(kind: 'print' | 'printf'): Statement {
    const values =
      this.#isOver() || this.is('>') || this.is('|') || this.is('>>') ? [] : this.printed()
    const output = this.#output()
    return output === undefined ? { kind, values } : { kind, values, output }
  }

  #output(): Output | undefined {
    for (const mode of ['>>', '>', '|'] as const)
      if (this.take(mode)) return { mode, to: this.target() }
    return undefined
  }
}
