import { quote } from '#apimachinery/field-error.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'

// kubernetes: sigs.k8s.io/json internal/golang/encoding/json/scanner.go

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
  /** Where the character stands that is wrong; undefined: the text ends too early. */
  readonly index: number | undefined

  constructor(message: string, index?: number) {
    super(message)
    this.index = index
  }
}

const DUPLICATE_LIMIT = 100

/**
 * Walks through a text without building its value. Returns its duplicate fields; throws a JsonSyntaxError
 * at the first fault.
 */
export const scanJson = (text: string, maxDepth: number): readonly string[] =>
  new JsonScanner(text, maxDepth).scan()

/** An object or a list that is open. */
interface Level {
  /** The keys seen, if it is an object. */
  readonly keys: Set<string> | undefined
  /** Where its present child is: `.name` or `[0]`. */
  at: string
  index: number
}

/** Told of each key of the text; its path is worked out if asked for. */
type KeyListener = (key: string, path: () => string, isAgain: boolean) => void

export class JsonScanner {
  readonly #text: string
  readonly #maxDepth: number
  readonly #onKey: KeyListener | undefined
  readonly #levels: Level[] = []
  readonly #duplicates = new Set<string>()
  #index = 0

  constructor(text: string, maxDepth: number, onKey?: KeyListener) {
    this.#text = text
    this.#maxDepth = maxDepth
    this.#onKey = onKey
  }

  scan(): readonly string[] {
    do {
      this.#value()
      // A value that is complete may complete those around it.
      while (this.#levels.length > 0 && this.#closes());
    } while (this.#levels.length > 0)
    this.#skipSpace()
    if (this.#index < this.#text.length) this.#fail('after top-level value')
    return [...this.#duplicates]
  }

  /** Reads a value up to its end, or down to its first child's beginning. */
  #value(): void {
    for (;;) {
      this.#skipSpace()
      const letter = this.#peek()
      if (letter !== '{' && letter !== '[') return this.#scalar(letter)
      if (this.#levels.length >= this.#maxDepth) this.#fail('exceeded max depth')
      this.#index += 1
      this.#levels.push({
        keys: letter === '{' ? new Set() : undefined,
        at: letter === '{' ? '' : '[0]',
        index: 0,
      })
      this.#skipSpace()
      if (this.#peek() === (letter === '{' ? '}' : ']')) return this.#close()
      if (letter === '{') this.#key()
    }
  }

  #close(): void {
    this.#index += 1
    this.#levels.pop()
  }

  /** After a child: whether its parent ends here. If not, the next child begins. */
  #closes(): boolean {
    const level = this.#levels.at(-1)!
    this.#skipSpace()
    const letter = this.#peek()
    if (level.keys !== undefined) {
      if (letter === '}') {
        this.#close()
        return true
      }
      if (letter !== ',') this.#fail('after object key:value pair')
      this.#index += 1
      this.#skipSpace()
      this.#key()
      return false
    }
    if (letter === ']') {
      this.#close()
      return true
    }
    if (letter !== ',') this.#fail('after array element')
    this.#index += 1
    level.index += 1
    level.at = `[${level.index}]`
    return false
  }

  #key(): void {
    if (this.#peek() !== '"') this.#fail('looking for beginning of object key string')
    const key = this.#string()
    const level = this.#levels.at(-1)!
    level.at = `.${key}`
    const isAgain = level.keys!.has(key)
    if (isAgain && this.#duplicates.size < DUPLICATE_LIMIT)
      this.#duplicates.add(`duplicate field ${quote(this.#path())}`)
    this.#onKey?.(key, () => this.#path(), isAgain)
    level.keys!.add(key)
    this.#skipSpace()
    if (this.#peek() !== ':') this.#fail('after object key')
    this.#index += 1
  }

  #path(): string {
    const path = this.#levels.map((level) => level.at).join('')
    return path.startsWith('.') ? path.slice(1) : path
  }

  #scalar(letter: string): void {
    if (letter === '"') this.#string()
    else if (letter === '-' || isDigit(letter)) this.#number()
    else if (letter === 't') this.#literal('true')
    else if (letter === 'f') this.#literal('false')
    else if (letter === 'n') this.#literal('null')
    else this.#fail('looking for beginning of value')
  }

  #literal(word: string): void {
    for (const [position, letter] of [...word].entries()) {
      if (position > 0 && this.#peek() !== letter)
        this.#fail(`in literal ${word} (expecting '${letter}')`)
      this.#index += 1
    }
  }

  #number(): void {
    if (this.#peek() === '-') {
      this.#index += 1
      if (!isDigit(this.#peek())) this.#fail('in numeric literal')
    }
    if (this.#peek() === '0') this.#index += 1
    else this.#digits('in numeric literal')
    if (this.#text[this.#index] === '.') {
      this.#index += 1
      this.#digits('after decimal point in numeric literal')
    }
    if (this.#text[this.#index] === 'e' || this.#text[this.#index] === 'E') {
      this.#index += 1
      if (this.#peek() === '-' || this.#peek() === '+') this.#index += 1
      this.#digits('in exponent of numeric literal')
    }
  }

  #digits(context: string): void {
    if (!isDigit(this.#peek())) this.#fail(context)
    while (isDigit(this.#text[this.#index] ?? '')) this.#index += 1
  }

  #string(): string {
    const start = this.#index
    this.#index += 1
    for (;;) {
      const letter = this.#peek()
      this.#index += 1
      if (letter === '"') break
      if (letter === '\\') this.#escape()
      else if (letter < ' ') this.#fail('in string literal', -1)
    }
    return JSON.parse(this.#text.slice(start, this.#index)) as string
  }

  #escape(): void {
    const letter = this.#peek()
    if (!'"\\/bfnrtu'.includes(letter)) this.#fail('in string escape code')
    this.#index += 1
    if (letter !== 'u') return
    for (let digit = 0; digit < 4; digit++) {
      if (!/^[0-9a-fA-F]$/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape')
      this.#index += 1
    }
  }

  #skipSpace(): void {
    while (' \t\r\n'.includes(this.#text[this.#index] ?? 'x')) this.#index += 1
  }

  #peek(): string {
    const letter = this.#text[this.#index]
    if (letter === undefined) throw new JsonSyntaxError('unexpected end of JSON input')
    return letter
  }

  #fail(context: string, offset = 0): never {
    const at = this.#index + offset
    throw new JsonSyntaxError(
      `invalid character ${quoteByte(encodeUtf8(this.#text.slice(at, at + 2))[0]!)} ${context}`,
      at,
    )
  }
}

const isDigit = (letter: string): boolean => letter >= '0' && letter <= '9' && letter.length === 1

/** A byte as Go quotes it: beyond ASCII, it is taken for a character of Latin-1. */
export const quoteByte = (byte: number): string => {
  if (byte === 0x27) return "'\\''"
  if (byte === 0x22) return `'"'`
  if (byte >= 0x80 && (byte < 0xa1 || byte === 0xad)) return `'\\u00${byte.toString(16)}'`
  return `'${quote(String.fromCharCode(byte)).slice(1, -1)}'`
}
