// The record that an awk program looks at: $0, its fields, and where records come from.
import type { Pattern } from '#apimachinery/re2.ts'
import { isFailure } from '#shell/files/failure.ts'
import { compilePosix } from '#shell/tools/posix-pattern.ts'
import { fromInput, toNumber, type Value } from '#shell/tools/awk/values.ts'
import { type Input, openInput } from '#shell/tools/input.ts'
import type { Run } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const MOST_FIELDS = 100_000

const patterns = new Map<string, Pattern>()
const MOST_PATTERNS = 200

/** Compiled once; throws a PatternError. */
export const patternOf = (source: string): Pattern => {
  let pattern = patterns.get(source)
  if (pattern === undefined) {
    if (patterns.size >= MOST_PATTERNS) patterns.clear()
    patterns.set(source, (pattern = compilePosix(source, { extended: true, escapes: true })))
  }
  return pattern
}

/** As FS and split have it: one blank parts at all blanks, one letter is itself, more is a pattern. */
export const splitText = (text: string, separator: string): readonly string[] => {
  if (text === '') return []
  if (separator === ' ')
    return text.trim() === '' ? [] : text.replace(/^[ \t\n]+|[ \t\n]+$/g, '').split(/[ \t\n]+/)
  if (separator === '') return [...text]
  if (separator === '\t' || (separator.length === 1 && separator !== '\\'))
    return text.split(separator)
  return splitAt(text, patternOf(separator))
}

export const splitAt = (text: string, pattern: Pattern): readonly string[] => {
  if (text === '') return []
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length;) {
    const found = pattern.exec(text, at)
    if (found === undefined) break
    const [from, to] = [found[0]!, found[1]!]
    if (to === from) {
      at = from + 1
      continue
    }
    parts.push(text.slice(start, from))
    start = to
    at = to
  }
  parts.push(text.slice(start))
  return parts
}

export class FieldError extends Error {}

export class Record_ {
  #text = ''
  #fields: Value[] | undefined = []
  #isStale = false

  set(text: string): void {
    this.#text = text
    this.#fields = undefined
    this.#isStale = false
  }

  text(separator: string): string {
    if (this.#isStale) {
      this.#text = (this.#fields ?? []).map(plain).join(separator)
      this.#isStale = false
    }
    return this.#text
  }

  fields(separator: string): Value[] {
    return (this.#fields ??= splitText(this.#text, separator).map(fromInput))
  }

  setField(index: number, value: Value, separator: string): void {
    if (index > MOST_FIELDS) throw new FieldError(`field index ${index} is too large`)
    const fields = this.fields(separator)
    while (fields.length < index) fields.push('')
    fields[index - 1] = value
    this.#isStale = true
  }

  setCount(count: number, separator: string): void {
    const fields = this.fields(separator)
    const wanted = Math.min(MOST_FIELDS, Math.max(0, count))
    while (fields.length < wanted) fields.push('')
    fields.length = wanted
    this.#isStale = true
  }
}

/** Fields hold texts: numbers were made texts when they were put there. */
const plain = (value: Value): string =>
  typeof value === 'string'
    ? value
    : value === undefined
      ? ''
      : typeof value === 'number'
        ? String(toNumber(value))
        : value.text

/** One stream of records. `separator`: RS. */
export function* readRecord(input: Input, separator: string): ToolRun<string | undefined> {
  if (separator === '\n') return yield* input.line()
  if (separator.length === 1) {
    const text = yield* input.line(separator)
    // the last record ends with the file's line break
    return text !== undefined && !input.isTerminated ? withoutEnd(text) : text
  }
  return yield* input.paragraph(
    separator === '' ? patternOf('\n\n+') : patternOf(separator),
    separator === '',
  )
}

const withoutEnd = (text: string): string | undefined => {
  const trimmed = text.replace(/\n$/, '')
  return trimmed === '' ? undefined : trimmed
}

/** The program's main input: files and assignments among the operands. */
export class MainInput {
  name = ''
  readonly #run: Run
  readonly #operands: () => readonly string[]
  readonly #assign: (name: string, value: string) => void
  #at = 0
  #hasRead = false
  #input: Input | undefined

  constructor(
    run: Run,
    operands: () => readonly string[],
    assign: (name: string, value: string) => void,
  ) {
    this.#run = run
    this.#operands = operands
    this.#assign = assign
  }

  /** `onFile`: called for each file. */
  *read(separator: () => string, onFile: (name: string) => void): ToolRun<string | undefined> {
    for (;;) {
      if (this.#input === undefined) {
        this.#input = yield* this.#open(onFile)
        if (this.#input === undefined) return undefined
      }
      const text = yield* readRecord(this.#input, separator())
      if (text !== undefined) return text
      this.#input = undefined
    }
  }

  skipFile(): void {
    this.#input = undefined
  }

  *#open(onFile: (name: string) => void): ToolRun<Input | undefined> {
    for (;;) {
      const operands = this.#operands()
      const operand = operands[this.#at++]
      if (operand === undefined) {
        if (this.#hasRead) return undefined
        this.#hasRead = true
        const input = openInput(this.#run, '-')
        return isFailure(input) ? undefined : input
      }
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(operand)
      if (assignment !== null) {
        this.#assign(assignment[1]!, assignment[2]!)
        continue
      }
      if (operand === '') continue
      this.#hasRead = true
      const input = openInput(this.#run, operand)
      if (!isFailure(input)) {
        onFile(operand)
        return input
      }
      const { isGnu } = this.#run
      yield* this.#run.error(
        isGnu ? `cannot open ${operand} (${input.text})` : `${operand}: ${input.text}`,
        2,
      )
      if (isGnu) return undefined
    }
  }
}
