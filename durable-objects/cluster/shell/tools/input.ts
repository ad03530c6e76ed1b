// What tools read: files, pipes and devices, by the piece or by the line.
import type { Pattern } from '#apimachinery/re2.ts'
import { Killed } from '#shell/kernel/task.ts'
import { fromByteString } from '#shell/files/bytes.ts'
import { type FileFailure, isFailure } from '#shell/files/failure.ts'
import type { Device } from '#shell/files/node.ts'
import type { Run } from '#shell/tools/run.ts'
import { readChunk, type ToolRun } from '#shell/tools/tool.ts'

/** A line that is longer is cut. */
const LONGEST_LINE = 1024 * 1024
/** Who wants more at once is killed, as by a computer that is out of memory: a part would be a wrong answer. */
export const MOST_READ = 16 * 1024 * 1024
const RANDOM_PIECE = 4096
/** Larger: they cost nothing, but whoever looks for the end of a line in them begins anew with each piece. */
const ZEROS = '\0'.repeat(65_536)
/** Of what an endless device gives. */
const BYTES_PER_STEP = 64
/** Lines; something is done with each. */
const BREATH = 512

type Source = { readonly text: string } | { readonly device: Device } | 'stdin'

export class Input {
  /** As it was given: `-` for the standard input. */
  readonly name: string
  /** Whether the line that came last ended with a line break. */
  isTerminated = true
  readonly #run: Run
  #source: Source
  #lines = 0
  #buffer = ''
  #at = 0

  constructor(run: Run, name: string, source: Source) {
    this.#run = run
    this.name = name
    this.#source = source
  }

  /** The next piece; what was printed is handed on before the tool waits for it. */
  *chunk(): ToolRun<string | undefined> {
    if (this.#at < this.#buffer.length) {
      const text = this.#buffer.slice(this.#at)
      this.#buffer = ''
      this.#at = 0
      return text
    }
    return yield* this.#more()
  }

  *#more(): ToolRun<string | undefined> {
    const source = this.#source
    if (source === 'stdin') {
      yield* this.#run.flush()
      return yield* readChunk()
    }
    if ('text' in source) {
      this.#source = { text: '' }
      return source.text === '' ? undefined : source.text
    }
    const isEndless = source.device !== 'null' && source.device !== 'tty'
    if (!isEndless) return undefined
    if (this.#run.isFull) yield* this.#run.flush()
    const piece = source.device.endsWith('random') ? randomText(this.#run) : ZEROS
    yield { kind: 'work', steps: piece.length / BYTES_PER_STEP }
    return piece
  }

  /** The next line without its end; undefined at the end of the input. */
  *line(end = '\n'): ToolRun<string | undefined> {
    if (this.#run.isFull) yield* this.#run.flush()
    if (++this.#lines % BREATH === 0) yield { kind: 'work', steps: BREATH }
    let from = this.#at
    for (;;) {
      const found = this.#buffer.indexOf(end, from)
      if (found >= 0) {
        const line = this.#buffer.slice(this.#at, found)
        this.#at = found + 1
        this.isTerminated = true
        return line
      }
      const left = this.#buffer.length - this.#at
      const more = left > LONGEST_LINE ? undefined : yield* this.#more()
      if (more === undefined) {
        if (left === 0) return undefined
        const line = this.#buffer.slice(this.#at)
        this.#buffer = ''
        this.#at = 0
        this.isTerminated = false
        return line
      }
      this.#buffer = this.#at === 0 ? this.#buffer + more : this.#buffer.slice(this.#at) + more
      this.#at = 0
      from = left
    }
  }

  /** Up to a match of the pattern. All is read first: a match may be longer than what has come. `isTrimmed`: not with line breaks around it. */
  *paragraph(end: Pattern, isTrimmed: boolean): ToolRun<string | undefined> {
    const all = yield* this.rest()
    const text = isTrimmed ? all.replace(/^\n+/, '') : all
    if (text === '') return undefined
    const found = end.exec(text)
    const isFound = found !== undefined && found[1]! > found[0]!
    this.#buffer = isFound ? text.slice(found[1]) : ''
    this.#at = 0
    return isFound ? text.slice(0, found[0]) : text.replace(/\n$/, '')
  }

  /** All that is left. */
  *rest(): ToolRun<string> {
    let text = ''
    for (;;) {
      const chunk = yield* this.chunk()
      if (chunk === undefined) return text
      text += chunk
      if (text.length > MOST_READ) throw new Killed('KILL')
    }
  }

  *lines(end = '\n'): ToolRun<string[]> {
    const lines: string[] = []
    for (;;) {
      const line = yield* this.line(end)
      if (line === undefined) return lines
      lines.push(line)
    }
  }
}

const randomText = (run: Run): string => {
  let bytes = ''
  while (bytes.length < RANDOM_PIECE) {
    const number = run.call.random()
    bytes += String.fromCharCode(
      number & 255,
      (number >>> 8) & 255,
      (number >>> 16) & 255,
      number >>> 24,
    )
  }
  return fromByteString(bytes)
}

export const standardInput = (run: Run): Input => new Input(run, '-', 'stdin')

const isStandardInput = (path: string): boolean =>
  path === '-' || path === '/dev/stdin' || path === '/dev/fd/0' || path === '/proc/self/fd/0'

/** `-` is the standard input. */
export const openInput = (run: Run, path: string): Input | FileFailure => {
  if (isStandardInput(path)) return new Input(run, path, 'stdin')
  const text = run.files.read(run.path(path))
  if (isFailure(text)) return text
  const stat = run.files.stat(run.path(path))
  if (isFailure(stat) || stat.device === undefined) return new Input(run, path, { text })
  if (stat.device === 'stdin') return new Input(run, path, 'stdin')
  return new Input(run, path, { device: stat.device })
}

/** What the operands name, one after the other, as most filters read it; `complain` is told what cannot be read. */
export function* eachInput(
  run: Run,
  operands: readonly string[],
  complain: (path: string, failure: FileFailure) => string,
  read: (input: Input) => ToolRun<unknown>,
): ToolRun<void> {
  for (const path of operands.length === 0 ? ['-'] : operands) {
    const input = openInput(run, path)
    if (isFailure(input)) yield* run.error(complain(path, input))
    else yield* read(input)
  }
}
