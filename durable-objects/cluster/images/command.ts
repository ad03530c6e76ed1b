// What a command line does, as far as it can be told beforehand: sleeps, exits, small shell scripts, a few servers.
// Whatever this reader does not understand is taken to run for ever.
import { copyOf, type Mutable } from '#apimachinery/object.ts'
import {
  type Environment,
  type FileChange,
  type LogLine,
  type Listener,
  MEBIBYTE,
  type Process,
  type ProgramContext,
  type Program,
  programName,
  type Tools,
} from '#images/behaviour.ts'
import { NotYet } from '#images/network-moments.ts'
import { logLines } from '#images/commands/output.ts'
import { runNetworkCommand } from '#images/commands/run.ts'
import { type Outcome, runBuiltin, type ShellState } from '#images/shell-builtins.ts'
import { parseScript, type ScriptNode, type Word } from '#images/shell-script.ts'
import { serverProgram } from '#images/server-programs.ts'

export interface CommandContext extends ProgramContext {
  /** The image's own program. */
  readonly program?: Program
  /** What the image brings along. */
  readonly tools?: Tools
  /** Whether a file exists when the command starts. Default: nothing in /tmp does. */
  readonly exists?: (path: string) => boolean
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh'])
const MAX_ITERATIONS = 10_000
/** Of a loop that asks the network so many turns are followed one by one. After that one stands for ever more of them. */
const ALL_ASKING_TURNS = 100
const MAX_ASKING_TURNS = 300

/** What `argv` will do. */
export const runCommand = (argv: readonly string[], context: CommandContext): Process => {
  const run = new CommandRun(context)
  const outcome = run.exec(argv)
  return run.process(outcome)
}

class CommandRun implements ShellState {
  readonly #context: CommandContext
  readonly #variables = new Map<string, string>()
  readonly log: LogLine[] = []
  readonly files: FileChange[] = []
  readonly #listens: Listener[] = []
  #memoryBytes = MEBIBYTE
  #guessed = false
  #steps = 0
  #asksAt: number | undefined
  #asked = 0
  /** Set by `trap … TERM` and by programs that the shell was replaced with. */
  terminates: number | undefined
  time = 0

  constructor(context: CommandContext) {
    this.#context = context
  }

  get env(): Environment {
    return this.#context.env
  }

  get hostname(): string | undefined {
    return this.#context.hostname
  }

  process(outcome: Outcome): Process {
    const exitCode =
      outcome.kind === 'forever' || outcome.kind === 'unknown' ? undefined : outcome.code
    const process: Mutable<Process> = {
      listens: this.#listens,
      memoryBytes: this.#memoryBytes,
      log: this.log,
    }
    if (exitCode !== undefined) process.ends = { after: this.time, exitCode }
    if (this.files.length > 0) process.files = this.files
    if (this.terminates !== undefined) process.terminates = this.terminates
    if (this.#asksAt !== undefined) process.asksAt = this.#asksAt
    if (this.#guessed) process.guessed = true
    return process
  }

  /** Replaces the process with `argv`. */
  exec(argv: readonly string[]): Outcome {
    const name = programName(argv[0])
    if (SHELLS.has(name)) return this.#shell(argv)
    if (name === 'tini' || name === 'dumb-init') {
      const rest = argv.slice(1).filter((word, index) => !(index === 0 && word.startsWith('-')))
      return this.exec(rest[0] === '--' ? rest.slice(1) : rest)
    }
    const outcome = this.#start(argv, true)
    if (outcome.kind === 'unknown') this.terminates ??= 143
    return outcome
  }

  exists(path: string): boolean {
    const change = this.files.findLast((file) => file.path === path)
    if (change !== undefined) return change.exists
    return this.#context.exists?.(path) ?? !path.startsWith('/tmp/')
  }

  setVariable(name: string, value: string): void {
    this.#variables.set(name, value)
  }

  /** Runs a program to its end, or for ever. */
  #start(argv: readonly string[], isReplaced: boolean): Outcome {
    try {
      return this.#run(argv, isReplaced)
    } catch (error) {
      if (!(error instanceof NotYet)) throw error
      this.#asksAt = Math.min(this.#asksAt ?? Infinity, this.time)
      return { kind: 'forever' }
    }
  }

  #run(argv: readonly string[], isReplaced: boolean): Outcome {
    const context = this.#contextFor(argv)
    const started = context.program?.(argv, context) ?? serverProgram(argv)
    if (started !== undefined) return this.#follow(started, isReplaced)
    const asked = this.#ask(argv, context)
    if (asked !== undefined) return asked
    const outcome = runBuiltin(argv, this)
    if (outcome.kind === 'unknown') this.#guess()
    return outcome
  }

  /** What is the case at the moment at which the command starts. */
  #contextFor(argv: readonly string[]): CommandContext {
    const { networkAt, now } = this.#context
    if (networkAt === undefined) return this.#context
    const context: Mutable<CommandContext> = copyOf(this.#context)
    context.network = networkAt(this.time, argv)
    if (now !== undefined) context.now = now + this.time
    return context
  }

  /** A command that asks the network: known only at the moment of the start. */
  #ask(argv: readonly string[], context: CommandContext): Outcome | undefined {
    const { network, now, networkAt, tools, env, hostname } = context
    if (network === undefined) return undefined
    const output = runNetworkCommand(
      {
        argv,
        network,
        now: (now ?? 0) + (networkAt === undefined ? this.time : 0),
        env,
        ...(hostname === undefined ? {} : { hostname }),
      },
      tools,
    )
    if (output === undefined) return undefined
    if (networkAt !== undefined) this.#asked++
    this.log.push(...logLines(output, this.time))
    this.time += output.takes
    for (const { path } of output.files ?? [])
      this.files.push({ path, after: this.time, exists: true })
    return { kind: 'done', code: output.exitCode }
  }

  #follow(started: Process, isReplaced: boolean): Outcome {
    const start = this.time
    const shift = <T extends { readonly after: number }>(item: T): T =>
      start === 0 ? item : { ...item, after: item.after + start }
    this.log.push(...started.log.map(shift))
    this.#listens.push(...started.listens.map(shift))
    this.#memoryBytes += started.memoryBytes
    if (started.guessed === true) this.#guessed = true
    if (isReplaced && started.terminates !== undefined) this.terminates = started.terminates
    if (started.ends === undefined) return { kind: 'forever' }
    this.time += started.ends.after
    return { kind: 'done', code: started.ends.exitCode }
  }

  /** Something unknown: it is taken to serve the declared ports and to run on. */
  #guess(): void {
    this.#guessed = true
    for (const { containerPort, protocol } of this.#context.ports)
      this.#listens.push({ port: containerPort, protocol: protocol ?? 'TCP', after: this.time })
  }

  #shell(argv: readonly string[]): Outcome {
    const flag = argv.findIndex((word, index) => index > 0 && /^-\w*c$/.test(word))
    if (flag > 0 && argv[flag + 1] !== undefined) return this.#script(argv[flag + 1]!)
    // Without a terminal a shell reads the end of its input and leaves.
    if (argv.slice(1).every((word) => word.startsWith('-'))) return { kind: 'done', code: 0 }
    this.#guess()
    return { kind: 'unknown' }
  }

  #script(script: string): Outcome {
    const tree = parseScript(script)
    if (tree === undefined) {
      this.#guess()
      return { kind: 'unknown' }
    }
    const outcome = this.#node(tree)
    // `nginx -g 'daemon off;'` as a shell's only child dies with its signal.
    return outcome
  }

  #node(node: ScriptNode): Outcome {
    if (++this.#steps > MAX_ITERATIONS) return { kind: 'forever' }
    switch (node.kind) {
      case 'command':
        return this.#simple(node)
      case 'list':
        return this.#list(node.items)
      case 'and':
      case 'or': {
        const left = this.#node(node.left)
        const goesOn = left.kind === 'done' && (left.code === 0) === (node.kind === 'and')
        return goesOn ? this.#node(node.right) : left
      }
      case 'not': {
        const body = this.#node(node.body)
        return body.kind === 'done' ? { kind: 'done', code: body.code === 0 ? 1 : 0 } : body
      }
      case 'background':
        return this.#background(node.body)
      case 'while':
      case 'until':
        return this.#loop(node)
      case 'for':
        return this.#for(node)
      case 'if': {
        const condition = this.#node(node.condition)
        if (condition.kind !== 'done') return condition
        if (condition.code === 0) return this.#node(node.consequence)
        return node.otherwise === undefined ? { kind: 'done', code: 0 } : this.#node(node.otherwise)
      }
    }
  }

  #list(items: readonly ScriptNode[]): Outcome {
    let last: Outcome = { kind: 'done', code: 0 }
    for (const item of items) {
      last = this.#node(item)
      if (last.kind !== 'done') return last
    }
    return last
  }

  #background(body: ScriptNode): Outcome {
    const start = this.time
    this.#node(body)
    this.time = start
    return { kind: 'done', code: 0 }
  }

  #loop(node: Extract<ScriptNode, { kind: 'while' | 'until' }>): Outcome {
    const start = this.time
    const logged = this.log.length
    for (let turn = 0; ; turn++) {
      const asked = this.#asked
      const condition = this.#node(node.condition)
      if (condition.kind !== 'done') return condition
      if ((condition.code === 0) !== (node.kind === 'while')) return { kind: 'done', code: 0 }
      const body = this.#node(node.body)
      if (body.kind === 'break') return { kind: 'done', code: 0 }
      if (body.kind !== 'done') return body
      // A second turn that ended the loop would have to differ from the first: files and the network may.
      if (asked !== this.#asked) {
        if (turn >= MAX_ASKING_TURNS) return { kind: 'forever' }
        if (turn >= ALL_ASKING_TURNS)
          this.time += Math.max(1000, Math.floor((this.time - start) / 50))
        continue
      }
      if (turn === 0 && this.files.length > 0) continue
      const every = Math.max(1000, (this.time - start) / (turn + 1))
      for (let at = logged; at < this.log.length; at++) this.log[at] = { ...this.log[at]!, every }
      return { kind: 'forever' }
    }
  }

  #for(node: Extract<ScriptNode, { kind: 'for' }>): Outcome {
    for (const word of node.words) {
      const value = this.#value(word)
      if (value === undefined) {
        this.#guess()
        return { kind: 'unknown' }
      }
      for (const item of word.quoted ? [value] : value.split(/\s+/)) {
        this.#variables.set(node.variable, item)
        const body = this.#node(node.body)
        if (body.kind === 'break') return { kind: 'done', code: 0 }
        if (body.kind !== 'done') return body
      }
    }
    return { kind: 'done', code: 0 }
  }

  #simple(node: Extract<ScriptNode, { kind: 'command' }>): Outcome {
    const words = node.words.map((word) => this.#value(word))
    while (words.length > 0 && /^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
      const [name, value] = words.shift()!.split(/=(.*)/s)
      this.#variables.set(name!, value ?? '')
    }
    const target = node.redirections.find((r) => r.operator === '>' || r.operator === '>>')
    const path = target === undefined ? undefined : this.#value(target.target)
    if (path !== undefined && path.startsWith('/') && path !== '/dev/null')
      this.files.push({ path, after: this.time, exists: true })
    if (words.length === 0) return { kind: 'done', code: 0 }
    const logged = this.log.length
    const isExec = words[0] === 'exec'
    const argv = (isExec ? words.slice(1) : words) as readonly (string | undefined)[]
    const outcome = this.#runWords(argv, isExec)
    if (path !== undefined && !/^\/(dev\/std|proc\/)/.test(path)) this.log.length = logged
    return outcome
  }

  #runWords(words: readonly (string | undefined)[], isExec: boolean): Outcome {
    const argv = words.filter((word) => word !== undefined)
    if (argv.length < words.length) {
      // A text that nobody knows may be printed, but not slept or tested.
      if (['echo', 'printf'].includes(argv[0] ?? '')) return { kind: 'done', code: 0 }
      this.#guess()
      return { kind: 'unknown' }
    }
    if (isExec) return this.exec(argv)
    if (SHELLS.has(programName(argv[0]))) return this.#shell(argv)
    return this.#start(argv, false)
  }

  /** The word's text, or undefined if a part of it cannot be known. */
  #value(word: Word): string | undefined {
    let text = ''
    for (const part of word.parts) {
      if ('unknown' in part) return undefined
      if ('text' in part) text += part.text
      else text += this.#variables.get(part.variable) ?? this.#fromEnv(part.variable)
    }
    return text
  }

  #fromEnv(name: string): string {
    return Object.hasOwn(this.env, name) ? this.env[name]! : ''
  }
}
