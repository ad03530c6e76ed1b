// go: text/template/parse/node.go
import { quoteText } from '#kubectl/output/go/quote.ts'

interface Positioned {
  /** Where it stands in the template. */
  readonly at: number
}

export interface VariableNode extends Positioned {
  readonly type: 'variable'
  readonly names: readonly string[]
}

export interface FieldNode extends Positioned {
  readonly type: 'field'
  readonly names: readonly string[]
}

export interface ChainNode extends Positioned {
  readonly type: 'chain'
  readonly node: Operand
  readonly names: readonly string[]
}

export interface IdentifierNode extends Positioned {
  readonly type: 'identifier'
  readonly name: string
}

export interface NumberNode extends Positioned {
  readonly type: 'number'
  readonly text: string
  readonly integer?: bigint
  readonly unsigned?: bigint
  readonly float?: number
  readonly complex?: { readonly real: number; readonly imaginary: number }
}

export interface StringNode extends Positioned {
  readonly type: 'string'
  readonly quoted: string
  readonly text: string
}

export interface BooleanNode extends Positioned {
  readonly type: 'boolean'
  readonly value: boolean
}

export interface WordNode extends Positioned {
  readonly type: 'dot' | 'nil'
}

export type Operand =
  | VariableNode
  | FieldNode
  | ChainNode
  | IdentifierNode
  | NumberNode
  | StringNode
  | BooleanNode
  | WordNode
  | PipeNode

export interface CommandNode extends Positioned {
  readonly type: 'command'
  readonly args: readonly Operand[]
}

export interface PipeNode extends Positioned {
  readonly type: 'pipe'
  readonly assigns: boolean
  readonly declares: readonly VariableNode[]
  readonly commands: readonly CommandNode[]
}

export interface TextNode extends Positioned {
  readonly type: 'text'
  readonly text: string
}

export interface ActionNode extends Positioned {
  readonly type: 'action'
  readonly pipe: PipeNode
}

export interface BranchNode extends Positioned {
  readonly type: 'if' | 'range' | 'with'
  readonly pipe: PipeNode
  readonly list: ListNode
  readonly otherwise?: ListNode
}

export interface TemplateNode extends Positioned {
  readonly type: 'template'
  readonly name: string
  readonly pipe?: PipeNode
}

export interface JumpNode extends Positioned {
  readonly type: 'break' | 'continue'
}

/** What ends a list; stands in no tree. */
export interface EndNode extends Positioned {
  readonly type: 'end' | 'else'
}

export interface ListNode extends Positioned {
  readonly type: 'list'
  readonly nodes: readonly Statement[]
}

export type Statement = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode

export type TemplateTreeNode = Statement | ListNode | EndNode | CommandNode | Operand

/** As messages quote it. */
export const nodeText = (node: TemplateTreeNode): string => {
  switch (node.type) {
    case 'text':
      return node.text
    case 'list':
      return node.nodes.map(nodeText).join('')
    case 'action':
      return `{{${nodeText(node.pipe)}}}`
    case 'if':
    case 'range':
    case 'with':
      return branchText(node)
    case 'template':
      return `{{template ${quoteText(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`
    case 'break':
    case 'continue':
    case 'end':
    case 'else':
      return `{{${node.type}}}`
    case 'command':
      return node.args.map(argumentText).join(' ')
    case 'pipe':
      return pipeText(node)
    default:
      return operandText(node)
  }
}

const branchText = ({ type, pipe, list, otherwise }: BranchNode): string => {
  const tail = otherwise === undefined ? '' : `{{else}}${nodeText(otherwise)}`
  return `{{${type} ${nodeText(pipe)}}}${nodeText(list)}${tail}{{end}}`
}

const pipeText = ({ declares, assigns, commands }: PipeNode): string => {
  const names = declares.map(nodeText).join(', ')
  const head = declares.length === 0 ? '' : `${names} ${assigns ? '=' : ':='} `
  return head + commands.map(nodeText).join(' | ')
}

const argumentText = (node: Operand): string =>
  node.type === 'pipe' ? `(${nodeText(node)})` : nodeText(node)

const operandText = (node: Exclude<Operand, PipeNode>): string => {
  switch (node.type) {
    case 'variable':
      return node.names.join('.')
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'chain':
      return `${argumentText(node.node)}.${node.names.join('.')}`
    case 'identifier':
      return node.name
    case 'number':
      return node.text
    case 'string':
      return node.quoted
    case 'boolean':
      return String(node.value)
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
  }
}
