// sed
import type { Pattern } from '#apimachinery/re2.ts'
import { isFailure } from '#shell/files/failure.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import { SedInput } from '#shell/tools/sed/sed-input.ts'
import { type Address, type Command, ScriptError } from '#shell/tools/sed/script.ts'
import { parseScript } from '#shell/tools/sed/parse.ts'
import { substitute } from '#shell/tools/sed/substitute.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

/** After so many commands without any input or output the tool gives whoever runs it the chance to end it. */
const BREATH = 500
const BREATH_STEPS = 1000
const MOST_TEXT = 4 * 1024 * 1024

export const sed = tool(
  'sed',
  {
    short: 'bEe:f:i::l:nrsuz',
    long: {
      expression: 'e',
      file: 'f',
      'in-place': 'i',
      quiet: 'n',
      silent: 'n',
      'regexp-extended': 'E',
      separate: 's',
      unbuffered: 'u',
      'null-data': 'z',
    },
  },
  function* (run) {
    const operands = [...run.operands]
    const scripts: string[] = []
    for (const [letter, value] of run.options.all()) {
      if (letter === 'e') scripts.push(value)
      if (letter !== 'f') continue
      const input = openInput(run, value)
      if (isFailure(input)) return yield* run.fail(`couldn't open file ${value}: ${input.text}`)
      scripts.push((yield* input.rest()).replace(/\n$/, ''))
    }
    if (scripts.length === 0) {
      const script = operands.shift()
      if (script === undefined) return yield* noScript(run)
      scripts.push(script)
    }
    let commands: readonly Command[]
    try {
      commands = parseScript(scripts.join('\n'), run.has('E') || run.has('r'))
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
      return yield* run.fail(scriptComplaint(run, error), error.position < 0 && run.isGnu ? 4 : 1)
    }
    return yield* edit(run, commands, operands)
  },
)

const scriptComplaint = (run: Run, { message, position }: ScriptError): string => {
  if (run.isGnu) return position < 0 ? message : `-e expression #1, char ${position}: ${message}`
  const unknown = /^unknown command: `(.)'/.exec(message)
  if (unknown !== null) return `unsupported command ${unknown[1]}`
  if (message.startsWith('unterminated')) return "unmatched '/'"
  return message
}

function* noScript(run: Run): ToolRun {
  if (!run.isGnu) return yield* run.bare()
  const text = 'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n'
  yield { kind: 'write', fd: 2, text }
  return 1
}

function* edit(run: Run, commands: readonly Command[], operands: readonly string[]): ToolRun {
  const inPlace = run.has('i')
  if (run.has('s') && !inPlace)
    for (const path of operands.slice(0, -1))
      yield* new Editor(run, commands, new SedInput(run, [path])).run()
  if (run.has('s') && !inPlace)
    return yield* new Editor(run, commands, new SedInput(run, operands.slice(-1))).run()
  if (!inPlace) return yield* new Editor(run, commands, new SedInput(run, operands)).run()
  for (const path of operands) {
    const input = new SedInput(run, [path])
    if (!(yield* input.isOpen())) continue
    const editor = new Editor(run, commands, input, path)
    const exitCode = yield* editor.run()
    const suffix = run.value('i') ?? ''
    const before = run.files.read(run.path(path))
    if (suffix !== '' && !isFailure(before)) run.files.write(run.path(path + suffix), before)
    const failed = run.files.write(run.path(path), editor.written)
    if (failed !== undefined)
      return yield* run.fail(`couldn't open temporary file ${path}: ${failed.text}`, 4)
    if (editor.hasQuit) return exitCode
  }
  return run.exitCode
}

class Editor {
  readonly #run: Run
  readonly #commands: readonly Command[]
  readonly #input: SedInput
  readonly #inPlace: boolean
  /** What goes into the file that is edited in place. */
  written = ''
  hasQuit = false
  #space = ''
  #hold = ''
  #appended: string[] = []
  #hasSubstituted = false
  #lastPattern: Pattern | undefined
  #steps = 0
  #exitCode: number | undefined
  /** Ranges under way, with the line at which they end. */
  readonly #ranges = new Map<Command, number>()
  readonly #outputs = new Set<string>()
  #lacksNewline = false

  constructor(run: Run, commands: readonly Command[], input: SedInput, path?: string) {
    this.#run = run
    this.#commands = commands
    this.#input = input
    this.#inPlace = path !== undefined
  }

  *run(): ToolRun {
    let keepsSpace = false
    for (;;) {
      if (!keepsSpace) {
        const line = yield* this.#input.next()
        if (line === undefined) break
        this.#space = line
      }
      this.#hasSubstituted = false
      const end = yield* this.#cycle()
      keepsSpace = end === 'restart'
      if (end === 'print' && !this.#run.has('n')) this.#print(this.#space)
      this.#flushAppended()
      if (this.hasQuit) break
    }
    return this.#exitCode ?? this.#run.exitCode
  }

  /** How it ends: with or without the pattern space, or anew without reading. */
  *#cycle(): ToolRun<'print' | 'drop' | 'restart'> {
    for (let at = 0; at < this.#commands.length;) {
      const command = this.#commands[at]!
      if (++this.#steps % BREATH === 0) yield { kind: 'work', steps: BREATH_STEPS }
      if ((yield* this.#applies(command)) === command.isNegated) {
        at = command.name === '{' ? command.target! : at + 1
        continue
      }
      const end = yield* this.#do(command)
      if (typeof end === 'string') return end
      at = end ?? at + 1
    }
    return 'print'
  }

  #print(text: string, isTerminated = this.#input.isTerminated): void {
    const missing = this.#lacksNewline ? '\n' : ''
    const written = `${missing}${text}${isTerminated ? '\n' : ''}`
    this.#lacksNewline = !isTerminated
    this.#emit(written)
  }

  #emit(text: string): void {
    if (!this.#inPlace) this.#run.print(text)
    else if (this.written.length < MOST_TEXT) this.written += text
  }

  #flushAppended(): void {
    for (const text of this.#appended) {
      this.#emit(`${this.#lacksNewline ? '\n' : ''}${text}`)
      this.#lacksNewline = false
    }
    this.#appended = []
  }

  *#applies(command: Command): ToolRun<boolean> {
    const { from, to } = command
    if (from === undefined) return true
    if (to === undefined) return yield* this.#matches(from)
    const { line } = this.#input
    const end = this.#ranges.get(command)
    if (end !== undefined) {
      const isLast =
        to.kind === 'match' || to.kind === 'last' ? yield* this.#matches(to) : line >= end
      if (isLast) this.#ranges.delete(command)
      return isLast && to.kind === 'line' && line > end
        ? yield* this.#begins(command, from, to)
        : true
    }
    return yield* this.#begins(command, from, to)
  }

  *#begins(command: Command, from: Address, to: Address): ToolRun<boolean> {
    const { line } = this.#input
    const isZero = from.kind === 'line' && from.line === 0
    if (isZero && line === 1) {
      if (!(yield* this.#matches(to))) this.#ranges.set(command, Infinity)
      return true
    }
    if (!(yield* this.#matches(from))) return false
    const end =
      to.kind === 'line'
        ? to.line
        : to.kind === 'more'
          ? line + to.lines
          : to.kind === 'multiple'
            ? Math.ceil(line / Math.max(1, to.of)) * to.of
            : Infinity
    if (end > line) this.#ranges.set(command, end)
    return true
  }

  *#matches(address: Address): ToolRun<boolean> {
    const { line } = this.#input
    switch (address.kind) {
      case 'line':
        return line === address.line
      case 'step':
        return address.step <= 0
          ? line === address.first
          : line >= address.first && (line - address.first) % address.step === 0
      case 'last':
        return yield* this.#input.isLast()
      case 'match':
        return this.#pattern(address.pattern)?.test(this.#space) ?? false
      case 'more':
      case 'multiple':
        return false
    }
  }

  #pattern(pattern: Pattern | undefined): Pattern | undefined {
    if (pattern !== undefined) this.#lastPattern = pattern
    return this.#lastPattern
  }

  /** A number: the command to go on with. */
  *#do(command: Command): ToolRun<'print' | 'drop' | 'restart' | number | undefined> {
    switch (command.name) {
      case 'd':
        return 'drop'
      case 'D':
        return this.#dropLine()
      case 'q':
      case 'Q':
        this.hasQuit = true
        this.#exitCode = command.exitCode ?? this.#run.exitCode
        return command.name === 'q' ? 'print' : 'drop'
      case 'n':
      case 'N':
        return yield* this.#next(command.name === 'N')
      case 'c':
        return yield* this.#change(command)
      case 'b':
        return command.target
      case 't':
      case 'T': {
        const jumps = this.#hasSubstituted === (command.name === 't')
        this.#hasSubstituted = false
        return jumps ? command.target : undefined
      }
      case 'r':
        return yield* this.#read(command.text!)
      default:
        this.#transform(command)
        return undefined
    }
  }

  #dropLine(): 'drop' | 'restart' {
    const end = this.#space.indexOf('\n')
    if (end < 0) return 'drop'
    this.#space = this.#space.slice(end + 1)
    return 'restart'
  }

  *#next(appends: boolean): ToolRun<'print' | 'drop' | undefined> {
    if (yield* this.#input.isLast()) {
      this.hasQuit = true
      return 'print'
    }
    if (!appends && !this.#run.has('n')) this.#print(this.#space)
    this.#flushAppended()
    const line = (yield* this.#input.next()) ?? ''
    this.#space = appends ? `${this.#space}\n${line}` : line
    if (this.#space.length > MOST_TEXT) this.hasQuit = true
    return undefined
  }

  *#change(command: Command): ToolRun<'drop'> {
    const isInRange = this.#ranges.has(command) && !command.isNegated
    if (!isInRange || (yield* this.#input.isLast())) this.#emit(command.text!)
    return 'drop'
  }

  *#read(path: string): ToolRun<undefined> {
    const input = openInput(this.#run, path)
    if (!isFailure(input)) this.#appended.push(yield* input.rest())
    return undefined
  }

  #transform(command: Command): void {
    const { name, text = '' } = command
    if (name === 's') this.#substitute(command)
    else if (name === 'p') this.#print(this.#space)
    else if (name === 'P') this.#print(this.#space.split('\n', 1)[0]!, true)
    else if (name === 'a') this.#appended.push(text)
    else if (name === 'i') this.#emit(text)
    else if (name === '=') this.#emit(`${this.#input.line}\n`)
    else if (name === 'h') this.#hold = this.#space
    else if (name === 'H') this.#hold = `${this.#hold}\n${this.#space}`.slice(0, MOST_TEXT)
    else if (name === 'g') this.#space = this.#hold
    else if (name === 'G') this.#space = `${this.#space}\n${this.#hold}`.slice(0, MOST_TEXT)
    else if (name === 'x') [this.#space, this.#hold] = [this.#hold, this.#space]
    else if (name === 'z') this.#space = ''
    else if (name === 'F') this.#emit(`${this.#input.name}\n`)
    else if (name === 'y')
      this.#space = [...this.#space].map((char) => command.map!.get(char) ?? char).join('')
    else if (name === 'l') this.#emit(`${unambiguous(this.#space)}$\n`)
    else if (name === 'w') this.#write(text, `${this.#space}\n`)
  }

  #substitute({ substitution }: Command): void {
    const pattern = this.#pattern(substitution?.pattern)
    if (pattern === undefined || substitution === undefined) return
    const result = substitute(this.#space, pattern, substitution)
    if (result === undefined) return
    this.#space = result.slice(0, MOST_TEXT)
    this.#hasSubstituted = true
    if (substitution.prints) this.#print(this.#space)
    if (substitution.file !== undefined) this.#write(substitution.file, `${this.#space}\n`)
  }

  #write(path: string, text: string): void {
    if (path === '/dev/stdout') return this.#emit(text)
    this.#run.files.write(this.#run.path(path), text, { append: this.#outputs.has(path) })
    this.#outputs.add(path)
  }
}

const unambiguous = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(/[\0-\x1f\x7f]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
