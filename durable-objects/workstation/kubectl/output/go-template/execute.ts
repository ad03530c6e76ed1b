// go: text/template/exec.go, the walk functions
import { quoteText } from '#kubectl/output/go/quote.ts'
import { sprint } from '#kubectl/output/go/format.ts'
import {
  goInt,
  GoInteger,
  integerOf,
  isList,
  isMap,
  sortedKeys,
  type GoValue,
} from '#kubectl/output/go/value.ts'
import { killed } from '#kubectl/output/limits.ts'
import { Evaluator } from '#kubectl/output/go-template/evaluate.ts'
import type {
  BranchNode,
  ListNode,
  Statement,
  TemplateNode,
} from '#kubectl/output/go-template/nodes.ts'
import type { Template } from '#kubectl/output/go-template/parse.ts'
import { TEMPLATE_NAME, TemplateError } from '#kubectl/output/go-template/token-stream.ts'
import {
  boxedValue,
  isTrue,
  plainValue,
  unboxed,
  type Reflected,
} from '#kubectl/output/go-template/values.ts'

/** differs: Go has no limits of steps and size; a loop over 2^60 would run for years. */
const MAX_STEPS = 1_500_000
const MAX_OUTPUT = 8 * 1024 * 1024

/** How many lists of statements may run in one another. differs: 100,000 templates upstream, which is what the message says. */
const MAX_DEPTH = 500

export interface ExecutionOptions {
  readonly allowMissingKeys: boolean
}

/** What a template printed, and what ended it before its time. */
export interface Execution {
  readonly output: string
  readonly error?: TemplateError
}

export const executeTemplate = (
  template: Template,
  root: GoValue,
  options: ExecutionOptions,
): Execution => {
  const run = new Run(template, options)
  try {
    run.start(plainValue(root))
    return { output: run.output() }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { output: run.output(), error }
  }
}

/** How a statement ends. */
type Signal = 'break' | 'continue' | undefined

class Run {
  readonly #template: Template
  readonly #options: ExecutionOptions
  readonly #chunks: string[] = []
  #size = 0
  #steps = 0
  depth = 0

  constructor(template: Template, options: ExecutionOptions) {
    this.#template = template
    this.#options = options
  }

  output(): string {
    return this.#chunks.join('')
  }

  start(root: Reflected): void {
    const list = this.#template.definitions.get(TEMPLATE_NAME)!
    new Frame(this, TEMPLATE_NAME, root).list(root, list)
  }

  definition(name: string): ListNode | undefined {
    return this.#template.definitions.get(name)
  }

  evaluator(name: string, dot: Reflected): Evaluator {
    return new Evaluator({
      source: this.#template.source,
      name,
      dot,
      allowMissingKeys: this.#options.allowMissingKeys,
      step: (size) => this.step(size),
    })
  }

  /** One more step, and work on a text of this size. */
  step(size = 0): void {
    this.#steps += 1 + size / 2
    if (this.#steps > MAX_STEPS) throw killed()
  }

  write(text: string): void {
    this.#size += text.length
    if (this.#size > MAX_OUTPUT) throw killed()
    this.#chunks.push(text)
  }
}

/** One template that runs. */
class Frame {
  readonly #run: Run
  readonly #evaluator: Evaluator

  constructor(run: Run, name: string, dot: Reflected) {
    this.#run = run
    this.#evaluator = run.evaluator(name, dot)
  }

  list(dot: Reflected, list: ListNode): Signal {
    this.#evaluator.at(list)
    this.#run.depth += 1
    let signal: Signal
    for (const node of list.nodes) {
      this.#run.step()
      signal = this.#statement(dot, node)
      if (signal !== undefined) break
    }
    this.#run.depth -= 1
    return signal
  }

  #statement(dot: Reflected, node: Statement): Signal {
    const evaluator = this.#evaluator
    evaluator.at(node)
    switch (node.type) {
      case 'text':
        this.#run.write(node.text)
        return undefined
      case 'action': {
        const value = evaluator.pipeline(dot, node.pipe)
        if (node.pipe.declares.length > 0) return undefined
        evaluator.at(node)
        this.#run.write(value === undefined ? '<no value>' : sprint(value.value))
        return undefined
      }
      case 'if':
      case 'with':
        return this.#scoped(() => this.#ifOrWith(dot, node))
      case 'range':
        return this.#scoped(() => this.#range(dot, node))
      case 'template':
        this.#call(dot, node)
        return undefined
      case 'break':
      case 'continue':
        return node.type
    }
  }

  /** Variables that were declared inside are gone afterwards. */
  #scoped(run: () => Signal): Signal {
    const mark = this.#evaluator.mark()
    const signal = run()
    this.#evaluator.pop(mark)
    return signal
  }

  #ifOrWith(dot: Reflected, node: BranchNode): Signal {
    const value = this.#evaluator.pipeline(dot, node.pipe)
    if (isTrue(unboxed(value))) return this.list(node.type === 'with' ? value : dot, node.list)
    return node.otherwise === undefined ? undefined : this.list(dot, node.otherwise)
  }

  #range(dot: Reflected, node: BranchNode): Signal {
    const value = this.#evaluator.pipeline(dot, node.pipe)?.value ?? null
    const mark = this.#evaluator.mark()
    let isEmpty = true
    for (const [index, item] of this.#rounds(value, node)) {
      isEmpty = false
      this.#setRangeVariables(node, index, item)
      const signal = this.list(item, node.list)
      this.#evaluator.pop(mark)
      if (signal === 'break') break
    }
    if (!isEmpty || node.otherwise === undefined) return undefined
    return this.list(dot, node.otherwise)
  }

  #setRangeVariables({ pipe }: BranchNode, index: Reflected, item: Reflected): void {
    const [first, second] = pipe.declares
    if (first === undefined) return
    if (!pipe.assigns) {
      this.#evaluator.setTop(1, item)
      if (second !== undefined) this.#evaluator.setTop(2, index)
      return
    }
    this.#evaluator.setVariable(first.names[0]!, second === undefined ? item : index)
    if (second !== undefined) this.#evaluator.setVariable(second.names[0]!, item)
  }

  *#rounds(value: GoValue, { pipe }: BranchNode): Generator<readonly [Reflected, Reflected]> {
    const count = integerOf(value)
    if (value === null) return
    if (isList(value))
      for (const [index, item] of value.entries())
        yield [plainValue(goInt(index)), boxedValue(item)]
    else if (isMap(value))
      for (const key of sortedKeys(value)) yield [plainValue(key), boxedValue(value[key]!)]
    else if (count === undefined) this.#evaluator.fail(`range can't iterate over ${sprint(value)}`)
    else {
      if (pipe.declares.length > 1)
        this.#evaluator.fail(`can't use ${sprint(value)} to iterate over more than one variable`)
      for (let item = 0n; item < count; item++) {
        this.#run.step()
        yield [
          undefined,
          plainValue(value instanceof GoInteger ? new GoInteger(value.type, item) : Number(item)),
        ]
      }
    }
  }

  #call(dot: Reflected, node: TemplateNode): void {
    const list = this.#run.definition(node.name)
    if (list === undefined) this.#evaluator.fail(`template ${quoteText(node.name)} not defined`)
    if (this.#run.depth >= MAX_DEPTH)
      this.#evaluator.fail('exceeded maximum template depth (100000)')
    const value = node.pipe === undefined ? undefined : this.#evaluator.pipeline(dot, node.pipe)
    new Frame(this.#run, node.name, value).list(value, list)
  }
}
