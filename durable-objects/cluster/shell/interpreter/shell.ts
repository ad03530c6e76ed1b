// One running shell: its state, its process, and what others give it.
import type { ParsedScript } from 'unbash'
import type { FileSystem } from '#shell/files/file-system.ts'
import type { ShellFunction, ShellState } from '#shell/interpreter/state.ts'
import type { Kernel } from '#shell/kernel/kernel.ts'
import type { Stream } from '#shell/kernel/stream.ts'
import type { Steps, Task } from '#shell/kernel/task.ts'
import { type Flavour, prefixOf } from '#shell/language/flavour.ts'
import type { NetworkAnswer, NetworkRequest, ProcessTable, Tool, User } from '#shell/tools/tool.ts'

/** Who a shell runs for: a container, an exec session, a workstation. */
export interface Machine {
  readonly hostname: string
  readonly user: User
  /** Milliseconds since 1970 at which the kernel's clock began. */
  readonly startedAt: number
  /** The program of this name or path; undefined: there is none. `argv` is what it is started with, if it is. */
  program(name: string, argv: readonly string[]): Tool | undefined
  /** Throws if nobody can tell yet. */
  network?(request: NetworkRequest, time: number): NetworkAnswer
  random(): number
  /** What runs there beside what is started here. */
  readonly others?: ProcessTable
  /** A loop comes round: whoever sees that nothing changes between two turns may stop here. */
  onTurn?(shell: Shell, loop: object): void
  /** What to do instead of a program that there is not. */
  hint?(name: string): string | undefined
  /** Which shell a name means; undefined: there is none of this name. */
  shell(name: string): Flavour | undefined
  /** A signal is caught from now on, or no more. */
  onTrap?(shell: Shell, signal: string, action: string | undefined): void
  /** A shell's process was replaced with another program. */
  onExec?(task: Task): void
}

/** What commands need of those who run commands. */
export interface Executor {
  /** All that a command in parentheses writes, without the last line ends. */
  substitute(shell: Shell, script: ParsedScript, source: string | undefined): Steps<string>
  /** The other end of what the commands read or write, which run at the same time. */
  stream(shell: Shell, script: ParsedScript, operator: '<' | '>'): Stream
  /** Runs a text as if it stood here. */
  evaluate(shell: Shell, text: string): Steps<number>
  /** Runs a function, builtin or program. */
  run(shell: Shell, argv: readonly string[], options?: RunOptions): Steps<number>
  body(shell: Shell, body: ShellFunction['body']): Steps<number>
  /** The shell's process goes on as this program. */
  replace(shell: Shell, argv: readonly string[]): Steps<number>
}

export interface RunOptions {
  /** `command`: functions are passed over. */
  readonly skipFunctions?: boolean
  /** `builtin` and `command -p`: what else is passed over. */
  readonly onlyBuiltins?: boolean
  readonly env?: Readonly<Record<string, string>>
}

export interface Shell {
  readonly state: ShellState
  readonly task: Task
  readonly kernel: Kernel
  readonly machine: Machine
  readonly files: FileSystem
  readonly executor: Executor
  /** Signals that were caught and not seen to yet. */
  readonly pending: string[]
}

/** A command goes wrong so that the shell, unless somebody sits in front of it, ends. */
export class ShellFailure extends Error {
  override readonly name = 'ShellFailure'
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** `break`, `continue`. */
export class LoopJump extends Error {
  override readonly name = 'LoopJump'
  readonly kind: 'break' | 'continue'
  readonly levels: number

  constructor(kind: 'break' | 'continue', levels: number) {
    super(kind)
    this.kind = kind
    this.levels = levels
  }
}

export class Return extends Error {
  override readonly name = 'Return'
  readonly status: number

  constructor(status: number) {
    super('return')
    this.status = status
  }
}

export class Exit extends Error {
  override readonly name = 'Exit'
  readonly status: number

  constructor(status: number) {
    super('exit')
    this.status = status
  }
}

/** ^C at a prompt: the line is given up. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export const nowOf = ({ machine, kernel }: Shell): number => {
  // Who looks at the clock may do something else each time.
  kernel.changes++
  return machine.startedAt + kernel.time
}

export const speak = ({ state }: Shell): string =>
  prefixOf({
    flavour: state.flavour,
    name: state.name,
    line: state.line,
    isInteractive: state.isInteractive,
  })

/** `sh: 1: foo: not found`, on standard error. */
export function* complain(
  shell: Shell,
  texts: Readonly<Record<Flavour, string>> | string,
): Steps<void> {
  const text = typeof texts === 'string' ? texts : texts[shell.state.flavour]
  yield* print(shell, `${speak(shell)}${text}\n`, 2)
}

/** The text of an error, if it could not be written. */
export function* print(shell: Shell, text: string, fd = 1): Steps<string | undefined> {
  const stream = shell.task.fds.get(fd)
  if (stream === undefined) return 'Bad file descriptor'
  return yield* shell.kernel.write(stream, text)
}
