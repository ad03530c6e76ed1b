// go: text/template/exec.go, the eval functions
import { own } from '#apimachinery/object.ts'
import { quoteText } from '#kubectl/output/go/quote.ts'
import { GoComplex, GoFloat, GoInteger, isMap, typeName } from '#kubectl/output/go/value.ts'
import { FunctionError } from '#kubectl/output/go-template/comparison.ts'
import {
  failCall,
  FUNCTIONS,
  type Parameter,
  type TemplateFunction,
} from '#kubectl/output/go-template/functions.ts'
import {
  nodeText,
  type ChainNode,
  type CommandNode,
  type FieldNode,
  type IdentifierNode,
  type NumberNode,
  type Operand,
  type PipeNode,
  type TemplateTreeNode,
  type VariableNode,
} from '#kubectl/output/go-template/nodes.ts'
import { locationOf, TemplateError } from '#kubectl/output/go-template/token-stream.ts'
import {
  boxedValue,
  isTrue,
  plainValue,
  typeNameOf,
  unboxed,
  type Reflected,
} from '#kubectl/output/go-template/values.ts'

/** The value that a pipeline hands on: none at its beginning. */
type Final = { readonly value: Reflected } | undefined

export interface EvaluatorOptions {
  readonly source: string
  /** The name of the template that runs. */
  readonly name: string
  readonly dot: Reflected
  readonly allowMissingKeys: boolean
  /** Called for each command and the length of each text; throws when it was too much. */
  readonly step: (size: number) => void
}

const sizeOf = (reflected: Reflected): number =>
  typeof reflected?.value === 'string' ? reflected.value.length : 0

/** Evaluates the pipelines of one template that runs, and keeps its variables. */
export class Evaluator {
  readonly #options: EvaluatorOptions
  readonly #variables: { readonly name: string; value: Reflected }[]
  /** What messages are about. */
  #node: TemplateTreeNode | undefined

  constructor(options: EvaluatorOptions) {
    this.#options = options
    this.#variables = [{ name: '$', value: options.dot }]
  }

  at(node: TemplateTreeNode): void {
    this.#node = node
  }

  fail(message: string): never {
    const { name, source } = this.#options
    const node = this.#node
    throw new TemplateError(
      node === undefined
        ? `template: ${name}: ${message}`
        : `template: ${locationOf(source, node.at)}: executing ${quoteText(name)} at <${nodeText(node)}>: ${message}`,
    )
  }

  mark(): number {
    return this.#variables.length
  }

  pop(mark: number): void {
    this.#variables.length = mark
  }

  /** Sets the variable that was declared last but `fromTop` - 1. */
  setTop(fromTop: number, value: Reflected): void {
    this.#variables.at(-fromTop)!.value = value
  }

  setVariable(name: string, value: Reflected): void {
    const variable = this.#variables.findLast((one) => one.name === name)
    if (variable === undefined) this.fail(`undefined variable: ${name}`)
    variable.value = value
  }

  #variable(name: string): Reflected {
    const variable = this.#variables.findLast((one) => one.name === name)
    return variable === undefined ? this.fail(`undefined variable: ${name}`) : variable.value
  }

  pipeline(dot: Reflected, pipe: PipeNode): Reflected {
    this.at(pipe)
    let final: Final
    for (const command of pipe.commands) {
      this.#options.step(0)
      const value = this.#command(dot, command, final)
      final = { value: value?.boxed === true ? unboxed(value) : value }
    }
    for (const { names } of pipe.declares)
      if (pipe.assigns) this.setVariable(names[0]!, final?.value)
      else this.#variables.push({ name: names[0]!, value: final?.value })
    return final?.value
  }

  #notAFunction(args: readonly Operand[], final: Final): void {
    if (args.length > 1 || final !== undefined)
      this.fail(`can't give argument to non-function ${nodeText(args[0]!)}`)
  }

  #command(dot: Reflected, { args }: CommandNode, final: Final): Reflected {
    const first = args[0]!
    switch (first.type) {
      case 'field':
        return this.#field(dot, first, args, final)
      case 'chain':
        return this.#chain(dot, first, args, final)
      case 'identifier':
        return this.#function(dot, first, args, final)
      case 'pipe':
        this.#notAFunction(args, final)
        return this.pipeline(dot, first)
      case 'variable':
        return this.#variableChain(first, args, final)
      default:
    }
    this.at(first)
    this.#notAFunction(args, final)
    switch (first.type) {
      case 'boolean':
        return plainValue(first.value)
      case 'dot':
        return dot
      case 'number':
        return this.#constant(first)
      case 'string':
        return plainValue(first.text)
      case 'nil':
        return this.fail('nil is not a command')
    }
  }

  #constant(node: NumberNode): Reflected {
    this.at(node)
    const { text, complex, float, integer, unsigned } = node
    if (complex !== undefined) return plainValue(new GoComplex(complex.real, complex.imaginary))
    const isWhole = /^0[xX][^pP]+$/.test(text) || text.startsWith("'")
    if (float !== undefined && !isWhole && /[.eEpP]/.test(text))
      return plainValue(new GoFloat(float))
    if (integer !== undefined) return plainValue(new GoInteger('int', integer))
    if (unsigned !== undefined) this.fail(`${text} overflows int`)
    return undefined
  }

  #field(dot: Reflected, node: FieldNode, args: readonly Operand[], final: Final): Reflected {
    this.at(node)
    return this.#fieldChain(dot, node.names, args, final)
  }

  #chain(dot: Reflected, node: ChainNode, args: readonly Operand[], final: Final): Reflected {
    this.at(node)
    if (node.node.type === 'nil') this.fail(`indirection through explicit nil in ${nodeText(node)}`)
    const receiver = this.#argument(dot, undefined, node.node)
    return this.#fieldChain(receiver, node.names, args, final)
  }

  #variableChain(node: VariableNode, args: readonly Operand[], final: Final): Reflected {
    this.at(node)
    const value = this.#variable(node.names[0]!)
    if (node.names.length > 1) return this.#fieldChain(value, node.names.slice(1), args, final)
    this.#notAFunction(args.length === 0 ? [node] : args, final)
    return value
  }

  #fieldChain(
    receiver: Reflected,
    names: readonly string[],
    args: readonly Operand[],
    final: Final,
  ): Reflected {
    const hasArguments = args.length > 1 || final !== undefined
    return names.reduce<Reflected>(
      (value, name, index) => this.#member(value, name, hasArguments && index === names.length - 1),
      receiver,
    )
  }

  #member(receiver: Reflected, name: string, hasArguments: boolean): Reflected {
    const { allowMissingKeys } = this.#options
    if (receiver === undefined) {
      if (!allowMissingKeys) this.fail(`nil data; no entry for key ${quoteText(name)}`)
      return undefined
    }
    const { value } = receiver
    if (value === null) this.fail(`nil pointer evaluating interface {}.${name}`)
    if (!isMap(value)) this.fail(`can't evaluate field ${name} in type ${typeNameOf(receiver)}`)
    if (hasArguments) this.fail(`${name} is not a method but has arguments`)
    const found = own(value, name)
    if (found !== undefined) return boxedValue(found)
    if (!allowMissingKeys) this.fail(`map has no entry for key ${quoteText(name)}`)
    return undefined
  }

  #function(
    dot: Reflected,
    node: IdentifierNode,
    args: readonly Operand[],
    final: Final,
  ): Reflected {
    this.at(node)
    const { name } = node
    const declared =
      FUNCTIONS.get(name) ?? this.fail(`${quoteText(name)} is not a defined function`)
    const given = args.slice(1)
    this.#checkCount(name, declared, given.length, final)
    if (name === 'and' || name === 'or') return this.#logic(dot, name, given, final)
    const values = given.map((arg, index) =>
      this.#argument(dot, declared.parameters[index] ?? declared.rest!, arg),
    )
    if (final !== undefined) {
      const type = declared.parameters[given.length] ?? declared.rest!
      values.push(this.#validate(final.value, type))
    }
    return this.#call(node, args, declared, values)
  }

  #call(
    node: IdentifierNode,
    args: readonly Operand[],
    declared: TemplateFunction,
    values: readonly Reflected[],
  ): Reflected {
    try {
      if (node.name === 'call' && args.length > 1) return failCall(values, nodeText(args[1]!))
      for (const value of values) this.#options.step(sizeOf(value))
      const result = declared.call(values)
      this.#options.step(sizeOf(result))
      return result
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error
      this.at(args.length > 1 ? { type: 'command', at: node.at, args } : node)
      return this.fail(`error calling ${node.name}: ${error.message}`)
    }
  }

  #checkCount(name: string, declared: TemplateFunction, given: number, final: Final): void {
    const wanted = declared.parameters.length
    const count = given + (final === undefined ? 0 : 1)
    if (declared.rest !== undefined) {
      if (count < wanted)
        this.fail(`wrong number of args for ${name}: want at least ${wanted} got ${given}`)
    } else if (count !== wanted)
      this.fail(`wrong number of args for ${name}: want ${wanted} got ${count}`)
  }

  #logic(dot: Reflected, name: string, args: readonly Operand[], final: Final): Reflected {
    let value: Reflected
    for (const arg of args) {
      value = this.#argument(dot, 'value', arg)
      if (isTrue(unboxed(value)) === (name === 'or')) return value
    }
    return final === undefined ? value : final.value
  }

  /** A value as a parameter of this type takes it. */
  #validate(value: Reflected, type: Parameter | undefined): Reflected {
    if (type === undefined || type === 'value') return value
    if (type === 'any') return value ?? boxedValue(null)
    if (value === undefined) this.fail('invalid value; expected string')
    if (typeof value.value === 'string') return value
    const got = value.value === null ? 'interface {}' : typeName(value.value)
    return this.fail(`wrong type for value; expected string; got ${got}`)
  }

  #argument(dot: Reflected, type: Parameter | undefined, node: Operand): Reflected {
    this.#options.step(0)
    this.at(node)
    switch (node.type) {
      case 'dot':
        return this.#validate(dot, type)
      case 'nil':
        if (type === 'string') this.fail('cannot assign nil to string')
        return type === 'any' ? boxedValue(null) : undefined
      case 'field':
        return this.#validate(this.#field(dot, node, [node], undefined), type)
      case 'variable':
        return this.#validate(this.#variableChain(node, [], undefined), type)
      case 'pipe':
        return this.#validate(this.pipeline(dot, node), type)
      case 'identifier':
        return this.#validate(this.#function(dot, node, [], undefined), type)
      case 'chain':
        return this.#validate(this.#chain(dot, node, [], undefined), type)
      default:
    }
    if (type === 'string' && node.type !== 'string')
      this.fail(`expected string; found ${nodeText(node)}`)
    switch (node.type) {
      case 'boolean':
        return plainValue(node.value)
      case 'string':
        return plainValue(node.text)
      case 'number':
        return this.#constant(node)
    }
  }
}
