import { YamlError } from '#apimachinery/yaml/error.ts'

/** A place in the text. Lines and columns count from 0. */
export interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

// What YAML does not take for text: control characters, halves of surrogate pairs, a byte order mark inside.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ufefe\uff00-\ufffd]/

/** Reads a text character by character, keeping count of lines. '' stands for the end. */
export class Cursor {
  readonly #text: string
  #index = 0
  #line = 0
  #lineStart = 0

  constructor(text: string) {
    const body = text.startsWith('\ufeff') ? text.slice(1) : text
    if (FORBIDDEN.test(body) || !body.isWellFormed())
      throw new YamlError('yaml: control characters are not allowed')
    this.#text = body
  }

  get mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#index - this.#lineStart }
  }

  get line(): number {
    return this.#line
  }

  get column(): number {
    return this.#index - this.#lineStart
  }

  get index(): number {
    return this.#index
  }

  peek(offset = 0): string {
    return this.#text.charAt(this.#index + offset)
  }

  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#index)
  }

  /** Past characters that are no line breaks. */
  skip(count = 1): void {
    this.#index += count
  }

  take(): string {
    const letter = this.#text.charAt(this.#index)
    this.#index += 1
    return letter
  }

  /** The text up to the first match of a sticky expression's end. */
  takeWhile(expression: RegExp): string {
    expression.lastIndex = this.#index
    const text = expression.exec(this.#text)?.[0] ?? ''
    this.#index += text.length
    return text
  }

  /** Past a line break, if there is one. Returns what it stands for. */
  takeBreak(): string {
    const letter = this.peek()
    if (!isBreak(letter)) return ''
    this.#index += letter === '\r' && this.peek(1) === '\n' ? 2 : 1
    this.#line += 1
    this.#lineStart = this.#index
    return letter === '\u2028' || letter === '\u2029' ? letter : '\n'
  }

  /** The end of the text counts as the beginning of a line. */
  endLine(): void {
    if (this.column === 0) return
    this.#line += 1
    this.#lineStart = this.#index
  }

  /** `---` or `...` at the beginning of a line, standing alone. */
  atDocumentIndicator(): boolean {
    return (
      this.column === 0 &&
      (this.startsWith('---') || this.startsWith('...')) &&
      isBlankOrEnd(this.peek(3))
    )
  }
}

export const isBreak = (letter: string): boolean =>
  letter === '\n' ||
  letter === '\r' ||
  letter === '\u0085' ||
  letter === '\u2028' ||
  letter === '\u2029'

export const isBlank = (letter: string): boolean => letter === ' ' || letter === '\t'

export const isBreakOrEnd = (letter: string): boolean => letter === '' || isBreak(letter)

/** White space, a line break or the end. */
export const isBlankOrEnd = (letter: string): boolean => isBlank(letter) || isBreakOrEnd(letter)

/** A fault that the scanner finds: lines count from 1, but the first goes without a number, as upstream's. */
export const scannerError = (line: number, problem: string, contextLine = 0): YamlError => {
  const number = line > 0 ? line + 1 : contextLine
  return new YamlError(`yaml: ${number > 0 ? `line ${number}: ` : ''}${problem}`, line + 1)
}

/** A fault that the parser finds: lines count from 0, as upstream's. */
export const parserError = (line: number, problem: string, contextLine = 0): YamlError => {
  const number = line > 0 ? line : contextLine
  return new YamlError(`yaml: ${number > 0 ? `line ${number}: ` : ''}${problem}`, line + 1)
}
