// go: text/template/parse/parse.go, what stands in an action
import { QuoteError, quoteText, unquoteText } from '#kubectl/output/go/quote.ts'
import {
  nodeText,
  type CommandNode,
  type Operand,
  type PipeNode,
  type VariableNode,
} from '#kubectl/output/go-template/nodes.ts'
import { parseNumber } from '#kubectl/output/go-template/number.ts'
import type { TokenStream } from '#kubectl/output/go-template/token-stream.ts'
import type { Token, TokenType } from '#kubectl/output/go-template/tokens.ts'

/** What is known while a template is read. */
export interface Scope {
  readonly stream: TokenStream
  readonly variables: string[]
  readonly isFunction: (name: string) => boolean
  /** How many parentheses, branches and definitions are open. */
  depth: number
}

/** Go allows more; every level is several calls deep here. */
export const MAX_DEPTH = 200

const OPERAND_STARTS: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'character-constant',
  'complex',
  '.',
  'field',
  'identifier',
  'number',
  'nil',
  'raw-string',
  'string',
  'variable',
  'left-paren',
])

/** Runs something one level deeper. */
export const deeper = <T>(scope: Scope, run: () => T): T => {
  if (scope.depth >= MAX_DEPTH) scope.stream.fail('max expression depth exceeded')
  scope.depth += 1
  const result = run()
  scope.depth -= 1
  return result
}

export const unquoted = (scope: Scope, token: Token): string => {
  try {
    return unquoteText(token.text)
  } catch (error) {
    if (error instanceof QuoteError) scope.stream.fail(error.message)
    throw error
  }
}

export const parsePipeline = (scope: Scope, context: string, end: TokenType): PipeNode => {
  const { stream } = scope
  const { at } = stream.peekNonSpace()
  const { declares, assigns } = parseDeclarations(scope, context)
  const commands: CommandNode[] = []
  for (;;) {
    const token = stream.nextNonSpace()
    if (token.type === end) break
    if (!OPERAND_STARTS.has(token.type)) stream.unexpected(token, context)
    stream.backup()
    commands.push(parseCommand(scope))
  }
  if (commands.length === 0) stream.fail(`missing value for ${context}`)
  for (const [index, { args }] of commands.entries())
    if (index > 0 && ['boolean', 'dot', 'nil', 'number', 'string'].includes(args[0]!.type))
      stream.fail(`non executable command in pipeline stage ${index + 1}`)
  return { type: 'pipe', at, assigns, declares, commands }
}

const variableNode = (at: number, text: string): VariableNode => ({
  type: 'variable',
  at,
  names: text.split('.'),
})

const parseDeclarations = (
  { stream, variables }: Scope,
  context: string,
): { readonly declares: readonly VariableNode[]; readonly assigns: boolean } => {
  const declares: VariableNode[] = []
  const declare = (variable: Token): void => {
    stream.nextNonSpace()
    declares.push(variableNode(variable.at, variable.text))
    variables.push(variable.text)
  }
  for (;;) {
    const variable = stream.peekNonSpace()
    if (variable.type !== 'variable') return { declares, assigns: false }
    stream.next()
    const after = stream.peek()
    const next = stream.peekNonSpace()
    if (next.type === 'assign' || next.type === 'declare') {
      declare(variable)
      return { declares, assigns: next.type === 'assign' }
    }
    if (next.type !== 'char' || next.text !== ',') {
      if (after.type === 'space') stream.backupTo(variable, after)
      else stream.backupTo(variable)
      return { declares, assigns: false }
    }
    declare(variable)
    if (context !== 'range' || declares.length >= 2)
      stream.fail(`too many declarations in ${context}`)
    if (!['variable', 'right-delimiter', 'right-paren'].includes(stream.peekNonSpace().type))
      stream.fail('range can only initialize variables')
  }
}

const parseCommand = (scope: Scope): CommandNode => {
  const { stream } = scope
  const { at } = stream.peekNonSpace()
  const args: Operand[] = []
  for (;;) {
    stream.peekNonSpace()
    const operand = parseOperand(scope)
    if (operand !== undefined) args.push(operand)
    const token = stream.next()
    if (token.type === 'space') continue
    if (token.type === 'right-delimiter' || token.type === 'right-paren') stream.backup()
    else if (token.type !== 'pipe') stream.unexpected(token, 'operand')
    break
  }
  if (args.length === 0) stream.fail('empty command')
  return { type: 'command', at, args }
}

const parseOperand = (scope: Scope): Operand | undefined => {
  const { stream } = scope
  const node = parseTerm(scope)
  if (node === undefined || stream.peek().type !== 'field') return node
  const { at } = stream.peek()
  const names: string[] = []
  while (stream.peek().type === 'field') names.push(stream.next().text.slice(1))
  switch (node.type) {
    case 'field':
    case 'variable':
      return { type: node.type, at, names: [...node.names, ...names] }
    case 'boolean':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      return stream.fail(`unexpected . after term ${quoteText(nodeText(node))}`)
    default:
      return { type: 'chain', at, node, names }
  }
}

const parseTerm = (scope: Scope): Operand | undefined => {
  const { stream } = scope
  const token = stream.nextNonSpace()
  const { at, text } = token
  switch (token.type) {
    case 'identifier':
      if (!scope.isFunction(text)) stream.fail(`function ${quoteText(text)} not defined`)
      return { type: 'identifier', at, name: text }
    case '.':
      return { type: 'dot', at }
    case 'nil':
      return { type: 'nil', at }
    case 'variable':
      if (!scope.variables.includes(text)) stream.fail(`undefined variable ${quoteText(text)}`)
      return variableNode(at, text)
    case 'field':
      return { type: 'field', at, names: [text.slice(1)] }
    case 'bool':
      return { type: 'boolean', at, value: text === 'true' }
    case 'character-constant':
    case 'complex':
    case 'number':
      return numberNode(scope, token)
    case 'left-paren':
      return deeper(scope, () => parsePipeline(scope, 'parenthesized pipeline', 'right-paren'))
    case 'string':
    case 'raw-string':
      return { type: 'string', at, quoted: text, text: unquoted(scope, token) }
    default:
      stream.backup()
      return undefined
  }
}

const numberNode = ({ stream }: Scope, token: Token): Operand => {
  try {
    return parseNumber(token)
  } catch (error) {
    return stream.fail((error as Error).message)
  }
}
