import { readsAsItself } from '#apimachinery/yaml/scalars.ts'
import {
  analyze,
  isBreak,
  isPrintable,
  type TextAnalysis,
} from '#apimachinery/yaml/text-analysis.ts'

// kubernetes: sigs.k8s.io/yaml goyaml.v2 encode.go stringv, emitterc.go (libyaml, MIT)

/** Texts are folded at the first space beyond this column. */
const WIDTH = 80

/** Words that need no look: neither a sign of YAML in them nor a number. */
const WORD = /^[A-Za-z/][A-Za-z0-9_./-]*$/

const [SPACE, QUOTE, DOUBLE_QUOTE, BACKSLASH] = [0x20, 0x27, 0x22, 0x5c]

const BYTE_ORDER_MARK = 0xfeff

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [DOUBLE_QUOTE, '"'],
  [BACKSLASH, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
])

/** The text so far, and the column in characters: what folding goes by. */
export class ScalarPrinter {
  #text = ''
  #column = 0
  /** A literal that ended in a line break has begun the next line already. */
  #lineBegun = false

  finish(): string {
    return this.#text.endsWith('\n') ? this.#text : `${this.#text}\n`
  }

  /** Text of one column for each code unit. */
  write(text: string): void {
    this.#text += text
    this.#column += text.length
  }

  newLine(column: number): void {
    if (!this.#lineBegun || this.#column !== 0) this.#text += '\n'
    this.#lineBegun = false
    this.#text += ' '.repeat(column)
    this.#column = column
  }

  scalar(value: unknown, indent: number, isKey: boolean): void {
    if (typeof value === 'string') this.#string(value, indent, isKey)
    else this.write(typeof value === 'number' ? numberText(value) : String(value))
  }

  #string(text: string, indent: number, isKey: boolean): void {
    const asItself = readsAsItself(text)
    if (asItself && WORD.test(text)) return this.write(text)
    const analysis = analyze(text)
    if (text.includes('\n')) {
      if (analysis.literal && !isKey) this.#literal(analysis, indent)
      else this.#doubleQuoted(analysis, indent, isKey)
    } else if (!asItself || (isKey && analysis.multiline))
      this.#doubleQuoted(analysis, indent, isKey)
    else if (analysis.plain) this.#plain(analysis, indent, isKey)
    else if (analysis.singleQuoted) this.#singleQuoted(analysis, indent, isKey)
    else this.#doubleQuoted(analysis, indent, isKey)
  }

  #plain({ points }: TextAnalysis, indent: number, isKey: boolean): void {
    let afterSpace = false
    for (const [index, point] of points.entries()) {
      if (
        point === SPACE &&
        !isKey &&
        !afterSpace &&
        this.#column > WIDTH &&
        points[index + 1] !== SPACE
      )
        this.#fold(indent)
      else this.#put(point)
      afterSpace = point === SPACE
    }
  }

  #singleQuoted({ points }: TextAnalysis, indent: number, isKey: boolean): void {
    this.write("'")
    let afterSpace = false
    for (const [index, point] of points.entries()) {
      const inside = index > 0 && index < points.length - 1
      if (
        point === SPACE &&
        !isKey &&
        !afterSpace &&
        inside &&
        this.#column > WIDTH &&
        points[index + 1] !== SPACE
      )
        this.#fold(indent)
      else if (isBreak(point)) this.#put(point, 0)
      else {
        if (index > 0 && isBreak(points[index - 1]!)) this.#indent(indent)
        if (point === QUOTE) this.write("''")
        else this.#put(point)
      }
      afterSpace = point === SPACE
    }
    this.write("'")
  }

  #doubleQuoted({ points }: TextAnalysis, indent: number, isKey: boolean): void {
    this.write('"')
    let afterSpace = false
    // A byte order mark in front makes upstream escape every sign.
    const escapesAll = points[0] === BYTE_ORDER_MARK
    for (const [index, point] of points.entries()) {
      const inside = index > 0 && index < points.length - 1
      if (
        escapesAll ||
        !isPrintable(point) ||
        isBreak(point) ||
        point === DOUBLE_QUOTE ||
        point === BACKSLASH
      )
        this.write(escapeText(point))
      else if (point === SPACE && !isKey && !afterSpace && inside && this.#column > WIDTH) {
        this.#fold(indent)
        if (points[index + 1] === SPACE) this.write('\\')
      } else this.#put(point)
      afterSpace = point === SPACE
    }
    this.write('"')
  }

  #literal({ points }: TextAnalysis, indent: number): void {
    this.write(`|${blockHints(points)}\n`)
    this.#column = 0
    for (const point of points) {
      if (isBreak(point)) this.#put(point, 0)
      else {
        if (this.#column === 0) this.#indent(indent)
        this.#put(point)
      }
    }
    this.#lineBegun = true
  }

  #fold(indent: number): void {
    this.#text += '\n'
    this.#indent(indent)
  }

  #indent(indent: number): void {
    this.#text += ' '.repeat(indent)
    this.#column = indent
  }

  #put(point: number, column = this.#column + 1): void {
    this.#text += String.fromCodePoint(point)
    this.#column = column
  }
}

/** The indentation hint, where the first line begins with a space, and what becomes of the last break. */
const blockHints = (points: readonly number[]): string => {
  const hint = points[0] === SPACE || isBreak(points[0]!) ? '2' : ''
  if (!isBreak(points.at(-1)!)) return `${hint}-`
  return points.length === 1 || isBreak(points.at(-2)!) ? `${hint}+` : hint
}

const escapeText = (point: number): string => {
  const short = ESCAPES.get(point)
  if (short !== undefined) return `\\${short}`
  const hex = point.toString(16).toUpperCase()
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** As Go prints it: integers in full, others as briefly as they can be read back. */
const numberText = (value: number): string => {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64)
    return String(BigInt(value))
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
