// kubernetes: client-go util/jsonpath/parser.go
import { append } from '#apimachinery/append.ts'
import { QuoteError, unicodeName, unquoteAll } from '#kubectl/output/go/quote.ts'
import type { JsonPathNode, Slice } from '#kubectl/output/jsonpath/nodes.ts'

export class JsonPathError extends Error {
  override readonly name: string = 'JsonPathError'
}

/** A parsed template: texts, and one list of nodes for each pair of braces. */
export type JsonPathTemplate = readonly JsonPathNode[]

/** Throws a JsonPathError in the words of Go. */
export const parseJsonPath = (template: string): JsonPathTemplate => new Parser(template).parse()

/** The nodes of what stands between braces. */
const parseAction = (text: string): readonly JsonPathNode[] => {
  const [first] = parseJsonPath(`{${text}}`)
  return first?.type === 'list' ? first.nodes : []
}

const END = ''
const DIGIT = /^\p{Nd}$/u
const LETTER = /^[_\p{L}\p{Nd}]$/u
const TERMINATORS: ReadonlySet<string> = new Set([...' \t\r\n.,[]$@{}', END])

class Parser {
  readonly #text: string
  readonly #root: JsonPathNode[] = []
  #at = 0
  #start = 0
  #nodes: JsonPathNode[] = []

  constructor(text: string) {
    this.#text = text
  }

  parse(): JsonPathTemplate {
    for (;;) {
      const brace = this.#text.indexOf('{', this.#at)
      const end = brace < 0 ? this.#text.length : brace
      if (end > this.#start)
        this.#root.push({ type: 'text', text: this.#text.slice(this.#start, end) })
      if (brace < 0) return this.#root
      this.#at = brace + 1
      this.#consume()
      this.#nodes = []
      this.#root.push({ type: 'list', nodes: this.#nodes })
      while (this.#element());
    }
  }

  #consume(): string {
    const text = this.#text.slice(this.#start, this.#at)
    this.#start = this.#at
    return text
  }

  #peek(): string {
    const point = this.#text.codePointAt(this.#at)
    return point === undefined ? END : String.fromCodePoint(point)
  }

  #next(): string {
    const character = this.#peek()
    this.#at += character.length
    return character
  }

  /** One element inside of braces; false: it was the closing brace. */
  #element(): boolean {
    if (this.#text.startsWith('[?(', this.#at)) return this.#filter()
    if (this.#text.startsWith('..', this.#at)) return this.#recursive()
    const character = this.#next()
    if (character === '}') {
      this.#consume()
      return false
    }
    if (character === END || character === '\r' || character === '\n')
      throw new JsonPathError('unclosed action')
    if (' @$'.includes(character)) this.#consume()
    else if (character === '[') this.#array()
    else if (character === '"' || character === "'") this.#quote(character)
    else if (character === '.') this.#field()
    else if (character === '+' || character === '-' || DIGIT.test(character))
      this.#number(character)
    else if (LETTER.test(character)) this.#identifier()
    else
      throw new JsonPathError(
        `unrecognized character in action: ${unicodeName(character.codePointAt(0)!, true)}`,
      )
    return true
  }

  #identifier(): void {
    while (!TERMINATORS.has(this.#peek())) this.#next()
    const name = this.#consume()
    this.#nodes.push(
      name === 'true' || name === 'false'
        ? { type: 'boolean', value: name === 'true' }
        : { type: 'identifier', name },
    )
  }

  #recursive(): boolean {
    if (this.#nodes.at(-1)?.type === 'recursive')
      throw new JsonPathError('invalid multiple recursive descent')
    this.#at += 2
    this.#consume()
    this.#nodes.push({ type: 'recursive' })
    if (LETTER.test(this.#peek())) this.#field()
    return true
  }

  #number(first: string): void {
    if (DIGIT.test(first)) this.#at -= first.length
    while (this.#peek() === '.' || DIGIT.test(this.#peek())) this.#next()
    const text = this.#consume()
    if (isInteger(text)) this.#nodes.push({ type: 'integer', value: Number(text) })
    else if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text))
      this.#nodes.push({ type: 'float', value: Number(text) })
    else throw new JsonPathError(`cannot parse number ${text}`)
  }

  #field(): void {
    this.#consume()
    for (let character = this.#peek(); !TERMINATORS.has(character); character = this.#peek()) {
      this.#next()
      if (character === '\\') this.#next()
    }
    const name = this.#consume()
    this.#nodes.push(
      name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') },
    )
  }

  #quote(mark: string): void {
    for (;;) {
      const character = this.#next()
      if (character === END || character === '\n')
        throw new JsonPathError('unterminated quoted string')
      if (character === mark && this.#text[this.#at - 2] !== '\\') break
    }
    const quoted = this.#consume()
    try {
      this.#nodes.push({ type: 'text', text: unquoteAll(quoted.slice(1, -1), mark) })
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error
      throw new JsonPathError(`unquote string ${quoted} error ${error.message}`)
    }
  }

  #array(): void {
    for (let character = ''; character !== ']';) {
      character = this.#next()
      if (character === END || character === '\n') throw new JsonPathError('unterminated array')
    }
    const inner = this.#consume().slice(1, -1)
    const text = inner === '*' ? ':' : inner
    const members = text.split(',')
    if (members.length > 1) {
      const lists = members.map((member) => parseAction(`[${member.replace(/^ +| +$/g, '')}]`))
      this.#nodes.push({ type: 'union', members: lists })
      return
    }
    const key = /^'([^']*)'$/.exec(text)
    if (key === null) this.#nodes.push({ type: 'array', slice: parseSlice(text) })
    else append(this.#nodes, parseAction(`.${key[1]!}`))
  }

  #filter(): boolean {
    this.#at += 3
    this.#consume()
    this.#filterEnd()
    if (this.#next() !== ']') throw new JsonPathError('unclosed array expect ]')
    const text = this.#consume().slice(0, -2)
    this.#nodes.push(parseFilter(text))
    return true
  }

  /** Up to the bracket that ends the filter: of quotes only one pair is looked at. */
  #filterEnd(): void {
    let mark = ''
    let ended = false
    for (;;) {
      const character = this.#next()
      if (character === END || character === '\n') throw new JsonPathError('unterminated filter')
      if (character === ')' && (mark !== '') === ended) return
      if (character !== '"' && character !== "'") continue
      if (mark === '') mark = character
      else if (character === mark && this.#text[this.#at - 2] !== '\\') ended = true
    }
  }
}

const isInteger = (text: string): boolean =>
  /^[+-]?[0-9]+$/.test(text) &&
  BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''))

const parseFilter = (text: string): JsonPathNode => {
  const from = text.search(/[!<>=]/)
  let to = from
  while (to >= 0 && '!<>='.includes(text[to] ?? ' ')) to += 1
  // An operator with nothing behind it gives its last sign away.
  if (to === text.length) to -= 1
  if (from < 1 || to <= from)
    return { type: 'filter', left: parseAction(text), right: [], operator: 'exists' }
  const left = parseAction(text.slice(0, from))
  const right = parseAction(text.slice(to))
  return { type: 'filter', left, right, operator: text.slice(from, to) }
}

const parseSlice = (text: string): Slice => {
  const parts = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(text)
  if (parts === null) throw new JsonPathError(`invalid array index ${text}`)
  const number = (part: string): number | undefined => {
    if (part === '') return undefined
    if (!isInteger(part)) throw new JsonPathError(`array index ${part} is not a number`)
    return Number(part)
  }
  const from = number(parts[1] ?? '')
  const to = number((parts[2] ?? '').slice(1))
  const single = parts[2] === undefined
  const step = number((parts[3] ?? '').slice(1))
  return { from, to: single ? (from ?? 0) + 1 : to, single, step }
}
