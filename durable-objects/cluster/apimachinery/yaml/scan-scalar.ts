import {
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  scannerError,
  type Cursor,
} from '#apimachinery/yaml/cursor.ts'

// kubernetes: sigs.k8s.io/yaml goyaml.v2 scannerc.go (after libyaml, MIT)

/** White space and line breaks between two words, until it is known whether they are folded. */
class Gap {
  #blanks = ''
  #first = ''
  #others = ''
  /** Whether there was a line break. */
  broken = false

  blank(letter: string): void {
    if (!this.broken) this.#blanks += letter
  }

  lineBreak(text: string): void {
    if (this.broken) this.#others += text
    else {
      this.#first = text
      this.broken = true
    }
  }

  /** A break that is escaped leaves nothing behind. */
  escapedBreak(): void {
    this.broken = true
  }

  /** What the gap comes to: one break is a space, more are one less. */
  take(): string {
    const { broken } = this
    const text = !broken
      ? this.#blanks
      : this.#first === '\n'
        ? this.#others || ' '
        : this.#first + this.#others
    this.#blanks = ''
    this.#first = ''
    this.#others = ''
    this.broken = false
    return text
  }
}

const PLAIN = /[A-Za-z0-9_/.=+-]+/y
const FLOW_END = ',?[]{}'

export interface PlainScalar {
  readonly text: string
  /** It ran to the end of a line, so that what follows may be a key. */
  readonly endsLine: boolean
}

/** `indent` is the least column of the lines that continue it. */
export const scanPlain = (cursor: Cursor, indent: number, inFlow: boolean): PlainScalar => {
  const start = cursor.line
  const gap = new Gap()
  let text = ''
  while (!cursor.atDocumentIndicator() && cursor.peek() !== '#') {
    for (let letter = cursor.peek(); !isBlankOrEnd(letter); letter = cursor.peek()) {
      if ((letter === ':' && isBlankOrEnd(cursor.peek(1))) || (inFlow && FLOW_END.includes(letter)))
        break
      text += gap.take()
      text += cursor.takeWhile(PLAIN) || cursor.take()
    }
    if (!isBlank(cursor.peek()) && !isBreak(cursor.peek())) break
    skipGap(cursor, gap, () => {
      if (gap.broken && cursor.column < indent && cursor.peek() === '\t')
        throw scannerError(cursor.line, 'found a tab character that violates indentation', start)
    })
    if (!inFlow && cursor.column < indent) break
  }
  return { text, endsLine: gap.broken }
}

const skipGap = (cursor: Cursor, gap: Gap, check: () => void = () => {}): void => {
  for (let letter = cursor.peek(); isBlank(letter) || isBreak(letter); letter = cursor.peek()) {
    check()
    if (isBlank(letter)) gap.blank(cursor.take())
    else gap.lineBreak(cursor.takeBreak())
  }
}

const QUOTED = /[^\s'"\\\u0085]+/y

export const scanQuoted = (cursor: Cursor): string => {
  const start = cursor.line
  const quote = cursor.take()
  const gap = new Gap()
  let text = ''
  for (;;) {
    if (cursor.atDocumentIndicator())
      throw scannerError(cursor.line, 'found unexpected document indicator', start)
    if (cursor.peek() === '')
      throw scannerError(cursor.line, 'found unexpected end of stream', start)
    text += quote === '"' ? scanDoubleQuotedWord(cursor, gap, start) : scanSingleQuotedWord(cursor)
    if (cursor.peek() === quote) break
    skipGap(cursor, gap)
    text += gap.take()
  }
  cursor.skip()
  return text
}

const scanSingleQuotedWord = (cursor: Cursor): string => {
  let text = ''
  while (!isBlankOrEnd(cursor.peek())) {
    if (cursor.startsWith("''")) {
      text += "'"
      cursor.skip(2)
    } else if (cursor.peek() === "'") break
    else text += cursor.takeWhile(QUOTED) || cursor.take()
  }
  return text
}

const scanDoubleQuotedWord = (cursor: Cursor, gap: Gap, start: number): string => {
  let text = ''
  while (!isBlankOrEnd(cursor.peek()) && cursor.peek() !== '"') {
    if (cursor.peek() !== '\\') text += cursor.takeWhile(QUOTED) || cursor.take()
    else if (isBreak(cursor.peek(1))) {
      cursor.skip()
      cursor.takeBreak()
      gap.escapedBreak()
      break
    } else text += scanEscape(cursor, start)
  }
  return text
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
])
const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const scanEscape = (cursor: Cursor, start: number): string => {
  const letter = cursor.peek(1)
  const simple = ESCAPES.get(letter)
  const length = CODE_LENGTHS.get(letter)
  if (simple === undefined && length === undefined)
    throw scannerError(cursor.line, 'found unknown escape character', start)
  cursor.skip(2)
  if (simple !== undefined) return simple
  let digits = ''
  for (let index = 0; index < length!; index++) {
    if (!/^[0-9a-fA-F]$/.test(cursor.peek(index)))
      throw scannerError(cursor.line, 'did not find expected hexdecimal number', start)
    digits += cursor.peek(index)
  }
  const code = parseInt(digits, 16)
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    throw scannerError(cursor.line, 'found invalid Unicode character escape code', start)
  cursor.skip(length)
  return String.fromCodePoint(code)
}

const LINE = /[^\n\r\u0085\u2028\u2029]*/y

/** A literal (`|`) or folded (`>`) text; `parentIndent` is the column of the block around it. */
export const scanBlock = (cursor: Cursor, parentIndent: number): string => {
  const start = cursor.line
  const literal = cursor.take() === '|'
  const { keep, increment } = scanBlockHeader(cursor, start)
  const breaks = new BlockBreaks(
    cursor,
    parentIndent,
    start,
    increment === 0 ? 0 : Math.max(parentIndent, 0) + increment,
  )
  let others = breaks.scan()
  let last = ''
  let afterBlank = false
  let text = ''
  while (cursor.column === breaks.indent && cursor.peek() !== '') {
    const blank = isBlank(cursor.peek())
    if (!literal && last === '\n' && !afterBlank && !blank) text += others === '' ? ' ' : ''
    else text += last
    text += others
    afterBlank = blank
    text += cursor.takeWhile(LINE)
    last = cursor.takeBreak()
    others = breaks.scan()
  }
  if (keep === '-') return text
  return text + last + (keep === '+' ? others : '')
}

const scanBlockHeader = (
  cursor: Cursor,
  start: number,
): { readonly keep: string; readonly increment: number } => {
  const chomping = (): string =>
    cursor.peek() === '+' || cursor.peek() === '-' ? cursor.take() : ''
  let keep = chomping()
  let increment = 0
  if (/^[0-9]$/.test(cursor.peek())) {
    if (cursor.peek() === '0')
      throw scannerError(cursor.line, 'found an indentation indicator equal to 0', start)
    increment = Number(cursor.take())
    if (keep === '') keep = chomping()
  }
  while (isBlank(cursor.peek())) cursor.skip()
  if (cursor.peek() === '#') cursor.takeWhile(LINE)
  if (!isBreakOrEnd(cursor.peek()))
    throw scannerError(cursor.line, 'did not find expected comment or line break', start)
  cursor.takeBreak()
  return { keep, increment }
}

/** Empty lines and indentation inside a block; the first line that is not empty says how far it is indented. */
class BlockBreaks {
  indent: number
  readonly #cursor: Cursor
  readonly #parentIndent: number
  readonly #start: number

  constructor(cursor: Cursor, parentIndent: number, start: number, indent: number) {
    this.#cursor = cursor
    this.#parentIndent = parentIndent
    this.#start = start
    this.indent = indent
  }

  scan(): string {
    const cursor = this.#cursor
    const inIndent = (): boolean => this.indent === 0 || cursor.column < this.indent
    let deepest = 0
    let text = ''
    for (;;) {
      while (inIndent() && cursor.peek() === ' ') cursor.skip()
      deepest = Math.max(deepest, cursor.column)
      if (inIndent() && cursor.peek() === '\t')
        throw scannerError(
          cursor.line,
          'found a tab character where an indentation space is expected',
          this.#start,
        )
      if (!isBreak(cursor.peek())) break
      text += cursor.takeBreak()
    }
    if (this.indent === 0) this.indent = Math.max(deepest, this.#parentIndent + 1, 1)
    return text
  }
}
