// The lines that sed edits: of all its files in turn, with a look ahead where a script asks for the last line.
import { isFailure } from '#shell/files/failure.ts'
import { type Input, openInput } from '#shell/tools/input.ts'
import type { Run } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

export class SedInput {
  /** The number of the line that was read last. */
  line = 0
  /** Whether that line ended with a line break. */
  isTerminated = true
  name = '-'
  readonly #run: Run
  readonly #paths: string[]
  readonly #end: string
  #input: Input | undefined
  #ahead: { readonly line: string; readonly isTerminated: boolean } | undefined

  constructor(run: Run, operands: readonly string[]) {
    this.#run = run
    this.#paths = operands.length === 0 ? ['-'] : [...operands]
    this.#end = run.has('z') ? '\0' : '\n'
  }

  /** Whether there is a file that can be read. */
  *isOpen(): ToolRun<boolean> {
    while (this.#input === undefined) {
      const path = this.#paths.shift()
      if (path === undefined) return false
      const input = openInput(this.#run, path)
      if (!isFailure(input)) {
        this.#input = input
        this.name = path
      } else yield* this.#complain(path, input.code === 'EISDIR', input.text)
    }
    return true
  }

  *#complain(path: string, isDirectory: boolean, text: string): ToolRun<void> {
    const { isGnu } = this.#run
    if (isDirectory && isGnu)
      yield* this.#run.error(
        this.#run.has('i')
          ? `couldn't edit ${path}: not a regular file`
          : `read error on ${path}: ${text}`,
        4,
      )
    else
      yield* this.#run.error(
        isGnu ? `can't read ${path}: ${text}` : `${path}: ${text}`,
        isGnu ? 2 : 1,
      )
  }

  *next(): ToolRun<string | undefined> {
    const ahead = this.#ahead ?? (yield* this.#read())
    this.#ahead = undefined
    if (ahead === undefined) return undefined
    this.line++
    this.isTerminated = ahead.isTerminated
    return ahead.line
  }

  *isLast(): ToolRun<boolean> {
    this.#ahead ??= yield* this.#read()
    return this.#ahead === undefined
  }

  *#read(): ToolRun<{ readonly line: string; readonly isTerminated: boolean } | undefined> {
    while (yield* this.isOpen()) {
      const input = this.#input!
      const line = yield* input.line(this.#end)
      if (line !== undefined) return { line, isTerminated: input.isTerminated }
      this.#input = undefined
    }
    return undefined
  }
}
