import { parserError } from '#apimachinery/yaml/cursor.ts'
import { YamlError } from '#apimachinery/yaml/error.ts'
import { Scanner, type Token, type TokenKind } from '#apimachinery/yaml/scanner.ts'

// The nodes of a document, as libyaml (MIT) and Go's copy of it build them.
// kubernetes: sigs.k8s.io/yaml goyaml.v2 parserc.go, decode.go parser

export type YamlNode =
  | {
      readonly kind: 'scalar'
      readonly line: number
      readonly text: string
      /** Written without quotes, and without a tag. */
      readonly plain: boolean
      readonly tag: string
    }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlNode[] }
  /** Keys and values in turn. */
  | {
      readonly kind: 'map'
      readonly line: number
      readonly entries: readonly (readonly [YamlNode, YamlNode])[]
    }
  | {
      readonly kind: 'alias'
      readonly line: number
      readonly name: string
      readonly target: () => YamlNode
    }

/** How deep nodes may lie in one another. differs: 10,000 upstream. */
const MAX_DEPTH = 100

const HANDLES: readonly (readonly [string, string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
]

/** The first document of a text; nothing if there is none. Throws a YamlError. */
export const parseNodes = (text: string): YamlNode | undefined => new Parser(text).document()

interface Properties {
  readonly anchor: string | undefined
  readonly tag: string | undefined
}

class Parser {
  readonly #scanner: Scanner
  readonly #handles = new Map(HANDLES)
  /** Undefined while the node is being read. */
  readonly #anchors = new Map<string, YamlNode | undefined>()
  #depth = 0

  constructor(text: string) {
    this.#scanner = new Scanner(text)
  }

  document(): YamlNode | undefined {
    const first = this.#scanner.peek()
    if (first.kind === 'stream-end') return undefined
    const explicit = first.kind === 'directive' || first.kind === 'document-start'
    if (explicit) this.#documentStart()
    const isEmpty =
      explicit && this.#is('directive', 'document-start', 'document-end', 'stream-end')
    const node = isEmpty ? this.#empty() : this.#node(true, false)
    // What follows is not read, but has to begin with a token.
    this.#scanner.peek()
    return node
  }

  #documentStart(): void {
    while (this.#scanner.peek().kind === 'directive') {
      const { directive, line } = this.#scanner.peek()
      if (directive?.kind === 'tag') this.#handles.set(directive.handle, directive.prefix)
      else if (directive?.version !== '1.1')
        throw parserError(line, 'found incompatible YAML document')
      this.#scanner.skip()
    }
    this.#expect('document-start', 'did not find expected <document start>')
  }

  #node(block: boolean, indentless: boolean): YamlNode {
    this.#depth += 1
    const { line } = this.#scanner.peek()
    if (this.#depth > MAX_DEPTH) throw parserError(line, `exceeded max depth of ${MAX_DEPTH}`)
    const node = this.#is('alias') ? this.#alias() : this.#withProperties(block, indentless)
    this.#depth -= 1
    return node
  }

  #alias(): YamlNode {
    const { line, text } = this.#scanner.peek()
    this.#scanner.skip()
    const name = text!
    if (!this.#anchors.has(name))
      throw new YamlError(`yaml: unknown anchor '${name}' referenced`, line + 1)
    const known = this.#anchors.get(name)
    const target = (): YamlNode => {
      if (known === undefined)
        throw new YamlError(`yaml: anchor '${name}' value contains itself`, line + 1)
      return known
    }
    return { kind: 'alias', line, name, target }
  }

  #withProperties(block: boolean, indentless: boolean): YamlNode {
    const { line } = this.#scanner.peek()
    const { anchor, tag } = this.#properties(line)
    if (anchor !== undefined) this.#anchors.set(anchor, undefined)
    const node = this.#content(line, block, indentless, { anchor, tag })
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    return node
  }

  #properties(line: number): Properties {
    let anchor: string | undefined
    let tag: string | undefined
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.kind === 'anchor' && anchor === undefined) anchor = token.text!
      else if (token.kind === 'tag' && tag === undefined) tag = this.#tagName(token, line)
      else return { anchor, tag }
      this.#scanner.skip()
    }
  }

  #tagName({ tag }: Token, line: number): string {
    const { handle, suffix } = tag!
    if (handle === '') return suffix
    const prefix = this.#handles.get(handle)
    if (prefix === undefined) throw parserError(line, 'found undefined tag handle')
    return prefix + suffix
  }

  #content(line: number, block: boolean, indentless: boolean, properties: Properties): YamlNode {
    const token = this.#scanner.peek()
    if (indentless && token.kind === 'block-entry')
      return { kind: 'list', line, items: this.#indentlessItems() }
    switch (token.kind) {
      case 'scalar': {
        this.#scanner.skip()
        const { tag } = properties
        const untagged = tag === undefined ? token.plain === true : tag === '!'
        return {
          kind: 'scalar',
          line,
          text: token.text!,
          plain: untagged,
          tag: untagged ? '' : (tag ?? ''),
        }
      }
      case 'flow-sequence-start':
        return { kind: 'list', line, items: this.#flowItems() }
      case 'flow-mapping-start':
        return { kind: 'map', line, entries: this.#flowEntries() }
      case 'block-sequence-start':
        if (block) return { kind: 'list', line, items: this.#blockItems() }
        break
      case 'block-mapping-start':
        if (block) return { kind: 'map', line, entries: this.#blockEntries() }
        break
      default:
    }
    if (properties.anchor !== undefined || properties.tag !== undefined)
      return {
        kind: 'scalar',
        line,
        text: '',
        plain: properties.tag === undefined,
        tag: properties.tag ?? '',
      }
    throw parserError(token.line, 'did not find expected node content', line)
  }

  #blockItems(): YamlNode[] {
    const items: YamlNode[] = []
    const { line } = this.#scanner.peek()
    this.#scanner.skip()
    while (this.#is('block-entry')) {
      this.#scanner.skip()
      items.push(this.#is('block-entry', 'block-end') ? this.#empty() : this.#node(true, false))
    }
    this.#expect('block-end', "did not find expected '-' indicator", line)
    return items
  }

  #indentlessItems(): YamlNode[] {
    const items: YamlNode[] = []
    while (this.#is('block-entry')) {
      this.#scanner.skip()
      items.push(
        this.#is('block-entry', 'key', 'value', 'block-end')
          ? this.#empty()
          : this.#node(true, false),
      )
    }
    return items
  }

  #blockEntries(): (readonly [YamlNode, YamlNode])[] {
    const entries: (readonly [YamlNode, YamlNode])[] = []
    const { line } = this.#scanner.peek()
    this.#scanner.skip()
    while (this.#is('key')) {
      const key = this.#blockPart('key')
      entries.push([key, this.#blockPart('value')])
    }
    this.#expect('block-end', 'did not find expected key', line)
    return entries
  }

  /** A key or a value; empty if its sign is not there. */
  #blockPart(sign: 'key' | 'value'): YamlNode {
    if (!this.#is(sign)) return this.#empty()
    this.#scanner.skip()
    return this.#is('key', 'value', 'block-end') ? this.#empty() : this.#node(true, true)
  }

  #flowItems(): YamlNode[] {
    const items: YamlNode[] = []
    const { line } = this.#scanner.peek()
    this.#scanner.skip()
    while (!this.#is('flow-sequence-end')) {
      if (items.length > 0) {
        this.#expect('flow-entry', "did not find expected ',' or ']'", line)
        if (this.#is('flow-sequence-end')) break
      }
      if (this.#is('key')) items.push(this.#flowPair())
      else items.push(this.#node(false, false))
    }
    this.#scanner.skip()
    return items
  }

  /** `[a: b]` is a list of one map. */
  #flowPair(): YamlNode {
    const { line } = this.#scanner.peek()
    this.#scanner.skip()
    const isEmpty = this.#is('value', 'flow-entry', 'flow-sequence-end')
    const key = isEmpty ? this.#empty() : this.#node(false, false)
    // As upstream does, which takes the sign after an empty key for part of it.
    if (isEmpty) this.#scanner.skip()
    const value = this.#flowValue('flow-sequence-end')
    return { kind: 'map', line, entries: [[key, value]] }
  }

  #flowValue(end: TokenKind): YamlNode {
    if (!this.#is('value')) return this.#empty()
    this.#scanner.skip()
    return this.#is('flow-entry', end) ? this.#empty() : this.#node(false, false)
  }

  #flowEntries(): (readonly [YamlNode, YamlNode])[] {
    const entries: (readonly [YamlNode, YamlNode])[] = []
    const { line } = this.#scanner.peek()
    this.#scanner.skip()
    while (!this.#is('flow-mapping-end')) {
      if (entries.length > 0) {
        this.#expect('flow-entry', "did not find expected ',' or '}'", line)
        if (this.#is('flow-mapping-end')) break
      }
      if (this.#is('key')) {
        this.#scanner.skip()
        const key = this.#is('value', 'flow-entry', 'flow-mapping-end')
          ? this.#empty()
          : this.#node(false, false)
        entries.push([key, this.#flowValue('flow-mapping-end')])
      } else entries.push([this.#node(false, false), this.#empty()])
    }
    this.#scanner.skip()
    return entries
  }

  #is(first: TokenKind, second?: TokenKind, third?: TokenKind, fourth?: TokenKind): boolean {
    const { kind } = this.#scanner.peek()
    return kind === first || kind === second || kind === third || kind === fourth
  }

  #expect(kind: TokenKind, problem: string, contextLine = 0): void {
    const token = this.#scanner.peek()
    if (token.kind !== kind) throw parserError(token.line, problem, contextLine)
    this.#scanner.skip()
  }

  #empty(): YamlNode {
    return { kind: 'scalar', line: this.#scanner.peek().line, text: '', plain: true, tag: '' }
  }
}
