// Where awk programs write to and read from besides: files, and commands, which run when their pipe is closed.
import { isFailure } from '#shell/files/failure.ts'
import { Input, openInput } from '#shell/tools/input.ts'
import type { Run } from '#shell/tools/run.ts'
import { runProgram, type ToolRun } from '#shell/tools/tool.ts'

const MOST_TEXT = 4 * 1024 * 1024

export class Streams {
  readonly #run: Run
  /** What was written to each file in this run. */
  readonly #files = new Set<string>()
  /** What waits for each command. */
  readonly #pipes = new Map<string, string>()
  readonly #inputs = new Map<string, Input>()

  constructor(run: Run) {
    this.#run = run
  }

  /** The text of an error. */
  *write(mode: '>' | '>>' | '|', to: string, text: string): ToolRun<string | undefined> {
    if (mode === '|') {
      const before = this.#pipes.get(to) ?? ''
      if (before.length < MOST_TEXT) this.#pipes.set(to, before + text)
      return undefined
    }
    if (to === '/dev/stdout' || to === '-') {
      this.#run.print(text)
      return undefined
    }
    if (to === '/dev/stderr') {
      yield* this.#run.flush()
      yield { kind: 'write', fd: 2, text }
      return undefined
    }
    const append = mode === '>>' || this.#files.has(to)
    this.#files.add(to)
    return this.#run.files.write(this.#run.path(to), text, { append })?.text
  }

  /** An input to read records of; undefined: it cannot be opened. */
  *open(from: string, isCommand: boolean): ToolRun<Input | undefined> {
    const key = `${isCommand ? '|' : '<'}${from}`
    const known = this.#inputs.get(key)
    if (known !== undefined) return known
    const input = isCommand ? yield* this.#output(from) : openInput(this.#run, from)
    if (isFailure(input)) return undefined
    this.#inputs.set(key, input)
    return input
  }

  /** A command's output goes through a file that is gone at once. */
  *#output(command: string): ToolRun<Input> {
    yield* this.#run.flush()
    const path = `/tmp/.awk.${this.#run.call.pid}.${this.#inputs.size}`
    yield* runProgram({ argv: ['sh', '-c', `${command}\n`.replace(/\n$/, ` > ${path}`)] })
    const text = this.#run.files.read(path)
    this.#run.files.unlink(path)
    return new Input(this.#run, command, { text: isFailure(text) ? '' : text })
  }

  *close(name: string): ToolRun {
    let result = -1
    const waiting = this.#pipes.get(name)
    if (waiting !== undefined) {
      this.#pipes.delete(name)
      yield* this.#run.flush()
      result = yield* runProgram({ argv: ['sh', '-c', name], stdin: waiting })
    }
    for (const key of [`|${name}`, `<${name}`]) if (this.#inputs.delete(key)) result = 0
    if (this.#files.delete(name)) result = 0
    return result
  }

  *closeAll(): ToolRun<void> {
    for (const name of Array.from(this.#pipes.keys())) yield* this.close(name)
  }
}
