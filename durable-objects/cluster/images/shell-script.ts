// A small part of the shell's grammar: lists, and-or, while, until, for, if. Everything else is unreadable.
import { shellTokens, type Token, type WordPart } from '#images/shell-tokens.ts'

export interface Word {
  readonly parts: readonly WordPart[]
  readonly quoted: boolean
}

export interface Redirection {
  readonly operator: string
  readonly target: Word
}

export type ScriptNode =
  | {
      readonly kind: 'command'
      readonly words: readonly Word[]
      readonly redirections: readonly Redirection[]
    }
  | { readonly kind: 'and' | 'or'; readonly left: ScriptNode; readonly right: ScriptNode }
  | { readonly kind: 'background'; readonly body: ScriptNode }
  | { readonly kind: 'not'; readonly body: ScriptNode }
  | { readonly kind: 'list'; readonly items: readonly ScriptNode[] }
  | {
      readonly kind: 'while' | 'until'
      readonly condition: ScriptNode
      readonly body: ScriptNode
    }
  | {
      readonly kind: 'for'
      readonly variable: string
      readonly words: readonly Word[]
      readonly body: ScriptNode
    }
  | {
      readonly kind: 'if'
      readonly condition: ScriptNode
      readonly consequence: ScriptNode
      readonly otherwise?: ScriptNode
    }

/** The script as a tree; undefined if it is beyond this reader. */
export const parseScript = (script: string): ScriptNode | undefined => {
  const tokens = shellTokens(script)
  if (tokens === undefined) return undefined
  const parser = new ScriptParser(tokens)
  try {
    const list = parser.list([])
    return parser.isAtEnd ? list : undefined
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

class Unreadable extends Error {}

const RESERVED = new Set([
  'do',
  'done',
  'then',
  'fi',
  'else',
  'elif',
  'case',
  'esac',
  'function',
  '{',
  '}',
])

class ScriptParser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  list(ends: readonly string[]): ScriptNode {
    const items: ScriptNode[] = []
    for (;;) {
      while (this.#isOperator(';') || this.#isOperator('\n')) this.#at++
      if (this.isAtEnd || ends.includes(this.#plain() ?? '')) return { kind: 'list', items }
      const item = this.#andOr()
      if (this.#isOperator('&')) {
        this.#at++
        items.push({ kind: 'background', body: item })
        continue
      }
      items.push(item)
      if (this.isAtEnd || this.#isOperator(';') || this.#isOperator('\n')) continue
      throw new Unreadable()
    }
  }

  #andOr(): ScriptNode {
    let left = this.#command()
    while (this.#isOperator('&&') || this.#isOperator('||')) {
      const kind = this.#isOperator('&&') ? 'and' : 'or'
      this.#at++
      while (this.#isOperator('\n')) this.#at++
      left = { kind, left, right: this.#command() }
    }
    return left
  }

  #command(): ScriptNode {
    const word = this.#plain()
    if (word === '!') {
      this.#at++
      return { kind: 'not', body: this.#command() }
    }
    if (word === 'while' || word === 'until') return this.#loop(word)
    if (word === 'for') return this.#for()
    if (word === 'if') return this.#if()
    if (word !== undefined && RESERVED.has(word)) throw new Unreadable()
    return this.#simple()
  }

  #simple(): ScriptNode {
    const words: Word[] = []
    const redirections: Redirection[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token === undefined) break
      if (token.kind === 'word') {
        words.push(token)
        this.#at++
      } else if (['>', '>>', '<', '>&'].includes(token.text)) {
        // `2>&1`: the descriptor was read as a word.
        const last = words.at(-1)
        if (last !== undefined && /^[0-2]$/.test(plainText(last) ?? '') && words.length > 1)
          words.pop()
        this.#at++
        redirections.push({ operator: token.text, target: this.#word() })
      } else if (['|', '(', ')', '<<', ';;'].includes(token.text)) throw new Unreadable()
      else break
    }
    if (words.length === 0 && redirections.length === 0) throw new Unreadable()
    return { kind: 'command', words, redirections }
  }

  #loop(kind: 'while' | 'until'): ScriptNode {
    this.#at++
    const condition = this.list(['do'])
    this.#expect('do')
    const body = this.list(['done'])
    this.#expect('done')
    return { kind, condition, body }
  }

  #for(): ScriptNode {
    this.#at++
    const variable = plainText(this.#word())
    if (variable === undefined) throw new Unreadable()
    this.#expect('in')
    const words: Word[] = []
    while (this.#tokens[this.#at]?.kind === 'word') words.push(this.#word())
    while (this.#isOperator(';') || this.#isOperator('\n')) this.#at++
    this.#expect('do')
    const body = this.list(['done'])
    this.#expect('done')
    return { kind: 'for', variable, words, body }
  }

  #if(): ScriptNode {
    this.#at++
    const condition = this.list(['then'])
    this.#expect('then')
    const consequence = this.list(['else', 'fi'])
    if (this.#plain() === 'else') {
      this.#at++
      const otherwise = this.list(['fi'])
      this.#expect('fi')
      return { kind: 'if', condition, consequence, otherwise }
    }
    this.#expect('fi')
    return { kind: 'if', condition, consequence }
  }

  #word(): Word {
    const token = this.#tokens[this.#at++]
    if (token?.kind !== 'word') throw new Unreadable()
    return token
  }

  #expect(word: string): void {
    if (this.#plain() !== word) throw new Unreadable()
    this.#at++
  }

  #isOperator(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'operator' && token.text === text
  }

  /** The next token if it is an unquoted word without variables. */
  #plain(): string | undefined {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' && !token.quoted ? plainText(token) : undefined
  }
}

const plainText = (word: Word): string | undefined => {
  let text = ''
  for (const part of word.parts) {
    if (!('text' in part)) return undefined
    text += part.text
  }
  return text
}
