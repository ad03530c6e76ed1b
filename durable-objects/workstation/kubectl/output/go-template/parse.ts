// go: text/template/parse/parse.go
import { quoteText } from '#kubectl/output/go/quote.ts'
import {
  nodeText,
  type BranchNode,
  type EndNode,
  type ListNode,
  type Statement,
  type TemplateNode,
} from '#kubectl/output/go-template/nodes.ts'
import {
  deeper,
  parsePipeline,
  unquoted,
  type Scope,
} from '#kubectl/output/go-template/parse-pipeline.ts'
import { TEMPLATE_NAME, TokenStream } from '#kubectl/output/go-template/token-stream.ts'
import type { Token } from '#kubectl/output/go-template/tokens.ts'

export interface Template {
  readonly source: string
  /** Every template that is defined, that of the whole text too. */
  readonly definitions: ReadonlyMap<string, ListNode>
}

/** Throws a TemplateError in the words of Go. */
export const parseTemplate = (source: string, isFunction: (name: string) => boolean): Template => {
  const stream = new TokenStream(source)
  return new Parser(stream, source, isFunction).parse()
}

class Parser {
  readonly #stream: TokenStream
  readonly #source: string
  readonly #isFunction: (name: string) => boolean
  readonly #definitions = new Map<string, ListNode>()
  #scope: Scope
  #rangeDepth = 0

  constructor(stream: TokenStream, source: string, isFunction: (name: string) => boolean) {
    this.#stream = stream
    this.#source = source
    this.#isFunction = isFunction
    this.#scope = this.#newScope(0)
  }

  #newScope(depth: number): Scope {
    return { stream: this.#stream, variables: ['$'], isFunction: this.#isFunction, depth }
  }

  parse(): Template {
    const stream = this.#stream
    const nodes: Statement[] = []
    const { at } = stream.peek()
    while (stream.peek().type !== 'eof') {
      if (stream.peek().type === 'left-delimiter') {
        const delimiter = stream.next()
        if (stream.nextNonSpace().type === 'define') {
          this.#ownScope(() => this.#definition())
          continue
        }
        stream.backupTo(delimiter)
      }
      const node = this.#textOrAction()
      if (isEnd(node)) return stream.fail(`unexpected ${nodeText(node)}`)
      nodes.push(node)
    }
    this.#add(TEMPLATE_NAME, { type: 'list', at, nodes })
    return { source: this.#source, definitions: this.#definitions }
  }

  /** A definition sees no variables but its own, and no loop around it. */
  #ownScope<T>(run: () => T): T {
    const [scope, rangeDepth] = [this.#scope, this.#rangeDepth]
    this.#scope = this.#newScope(scope.depth)
    this.#rangeDepth = 0
    const result = deeper(this.#scope, run)
    this.#scope = scope
    this.#rangeDepth = rangeDepth
    return result
  }

  #definition(): void {
    const context = 'define clause'
    const name = unquoted(this.#scope, this.#stream.expect(context, 'string', 'raw-string'))
    this.#stream.expect(context, 'right-delimiter')
    this.#body(name, context)
  }

  #body(name: string, context: string): void {
    const { list, end } = this.#list()
    if (end.type !== 'end') this.#stream.fail(`unexpected ${nodeText(end)} in ${context}`)
    this.#add(name, list)
  }

  #add(name: string, list: ListNode): void {
    const before = this.#definitions.get(name)
    if (before === undefined || isEmpty(before)) this.#definitions.set(name, list)
    else if (!isEmpty(list))
      this.#stream.fail(`template: multiple definition of template ${quoteText(name)}`)
  }

  #list(): { readonly list: ListNode; readonly end: EndNode } {
    const nodes: Statement[] = []
    const { at } = this.#stream.peekNonSpace()
    while (this.#stream.peekNonSpace().type !== 'eof') {
      const node = this.#textOrAction()
      if (isEnd(node)) return { list: { type: 'list', at, nodes }, end: node }
      nodes.push(node)
    }
    return this.#stream.fail('unexpected EOF')
  }

  #textOrAction(): Statement | EndNode {
    const token = this.#stream.nextNonSpace()
    if (token.type === 'text') return { type: 'text', at: token.at, text: token.text }
    if (token.type !== 'left-delimiter') this.#stream.unexpected(token, 'input')
    this.#stream.action = token
    const node = this.#action()
    this.#stream.action = undefined
    return node
  }

  #action(): Statement | EndNode {
    const token = this.#stream.nextNonSpace()
    switch (token.type) {
      case 'block':
        return this.#block()
      case 'break':
      case 'continue':
        return this.#jump(token, token.type)
      case 'else':
        return this.#else()
      case 'end':
        return { type: 'end', at: this.#stream.expect('end', 'right-delimiter').at }
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.type)
      case 'template':
        return this.#template()
      default:
    }
    this.#stream.backup()
    const { at } = this.#stream.peek()
    return { type: 'action', at, pipe: parsePipeline(this.#scope, 'command', 'right-delimiter') }
  }

  #jump({ at }: Token, type: 'break' | 'continue'): Statement {
    const token = this.#stream.nextNonSpace()
    if (token.type !== 'right-delimiter') this.#stream.unexpected(token, `{{${type}}}`)
    if (this.#rangeDepth === 0) this.#stream.fail(`{{${type}}} outside {{range}}`)
    return { type, at }
  }

  #else(): EndNode {
    const next = this.#stream.peekNonSpace()
    if (next.type === 'if' || next.type === 'with') return { type: 'else', at: next.at }
    return { type: 'else', at: this.#stream.expect('else', 'right-delimiter').at }
  }

  #branch(type: BranchNode['type']): BranchNode {
    return deeper(this.#scope, () => {
      const known = this.#scope.variables.length
      const branch = this.#branchParts(type)
      this.#scope.variables.length = known
      return branch
    })
  }

  #branchParts(type: BranchNode['type']): BranchNode {
    const stream = this.#stream
    const pipe = parsePipeline(this.#scope, type, 'right-delimiter')
    if (type === 'range') this.#rangeDepth += 1
    const { list, end } = this.#list()
    if (type === 'range') this.#rangeDepth -= 1
    const branch = { type, at: pipe.at, pipe, list }
    if (end.type === 'end') return branch
    // `else if` and `else with` stand for a branch in the other one, and share its end.
    if (type !== 'range' && stream.peek().type === type) {
      stream.next()
      const nodes = [this.#branch(type)]
      return { ...branch, otherwise: { type: 'list', at: end.at, nodes } }
    }
    const otherwise = this.#list()
    if (otherwise.end.type !== 'end') stream.fail(`expected end; found ${nodeText(otherwise.end)}`)
    return { ...branch, otherwise: otherwise.list }
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'raw-string')
      this.#stream.unexpected(token, context)
    return unquoted(this.#scope, token)
  }

  #block(): TemplateNode {
    const context = 'block clause'
    const token = this.#stream.nextNonSpace()
    const name = this.#templateName(token, context)
    const pipe = parsePipeline(this.#scope, context, 'right-delimiter')
    this.#ownScope(() => this.#body(name, context))
    return { type: 'template', at: token.at, name, pipe }
  }

  #template(): TemplateNode {
    const context = 'template clause'
    const token = this.#stream.nextNonSpace()
    const name = this.#templateName(token, context)
    if (this.#stream.nextNonSpace().type === 'right-delimiter')
      return { type: 'template', at: token.at, name }
    this.#stream.backup()
    const pipe = parsePipeline(this.#scope, context, 'right-delimiter')
    return { type: 'template', at: token.at, name, pipe }
  }
}

const isEnd = (node: Statement | EndNode): node is EndNode =>
  node.type === 'end' || node.type === 'else'

/** Nothing but space. */
const isEmpty = ({ nodes }: ListNode): boolean =>
  nodes.every((node) => node.type === 'text' && node.text.trim() === '')
