import { quoteText } from '#kubectl/output/go/quote.ts'
import { utf8Length } from '#apimachinery/utf8.ts'
import { Lexer } from '#kubectl/output/go-template/lex.ts'
import { KEYWORDS, type Token, type TokenType } from '#kubectl/output/go-template/tokens.ts'

export class TemplateError extends Error {
  override readonly name: string = 'TemplateError'
}

/** The name of kubectl's template, as messages have it. */
export const TEMPLATE_NAME = 'output'

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length

/** As messages name a token. */
const tokenText = ({ type, text }: Token): string => {
  if (type === 'eof') return 'EOF'
  if (type === 'error') return text
  if (KEYWORDS.has(type)) return `<${text}>`
  if (utf8Length(text) > 10) return `${quoteText([...text].slice(0, 10).join(''))}...`
  return quoteText(text)
}

/** Tokens with three of look-ahead, and the mistakes that are found at them. go: text/template/parse/parse.go */
export class TokenStream {
  readonly #text: string
  readonly #lexer: Lexer
  readonly #tokens: Token[]
  #peeked = 0
  /** What the present action begins with. */
  action: Token | undefined

  constructor(text: string) {
    this.#text = text
    this.#lexer = new Lexer(text)
    const none: Token = { type: 'eof', at: 0, text: '' }
    this.#tokens = [none, none, none]
  }

  next(): Token {
    if (this.#peeked > 0) this.#peeked -= 1
    else this.#tokens[0] = this.#lexer.next()
    return this.#tokens[this.#peeked]!
  }

  backup(): void {
    this.#peeked += 1
  }

  /** Puts back tokens that came before the last one, the nearest last. */
  backupTo(...earlier: readonly Token[]): void {
    for (const [index, token] of earlier.entries()) this.#tokens[earlier.length - index] = token
    this.#peeked = earlier.length + 1
  }

  peek(): Token {
    if (this.#peeked > 0) return this.#tokens[this.#peeked - 1]!
    this.#peeked = 1
    return (this.#tokens[0] = this.#lexer.next())
  }

  nextNonSpace(): Token {
    let token = this.next()
    while (token.type === 'space') token = this.next()
    return token
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace()
    this.backup()
    return token
  }

  expect(context: string, ...types: readonly TokenType[]): Token {
    const token = this.nextNonSpace()
    return types.includes(token.type) ? token : this.unexpected(token, context)
  }

  #lineOf(token: Token): number {
    return lineAt(this.#text, token.at)
  }

  fail(message: string): never {
    throw new TemplateError(
      `template: ${TEMPLATE_NAME}:${this.#lineOf(this.#tokens[0]!)}: ${message}`,
    )
  }

  unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.fail(`unexpected ${tokenText(token)} in ${context}`)
    let extra = ''
    const started = this.action === undefined ? 0 : this.#lineOf(this.action)
    if (started !== 0 && started !== this.#lineOf(token)) {
      extra = ` in action started at ${TEMPLATE_NAME}:${started}`
      if (token.text.endsWith(' action')) extra = extra.slice(' in action'.length)
    }
    this.fail(token.text + extra)
  }
}

/** `output:1:7`: where in the template; the column counts bytes from 0. */
export const locationOf = (text: string, at: number): string => {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const column = utf8Length(text.slice(at === 0 ? 0 : lineStart, at))
  return `${TEMPLATE_NAME}:${lineAt(text, at)}:${column}`
}
