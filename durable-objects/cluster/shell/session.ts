// A shell or a program that somebody talks to: `kubectl exec`, a workstation's terminal. Whoever keeps the session says what time it is and
// hands over what was typed; the session says what it wrote and when it has to be looked at again.
import type { FileSystem } from '#shell/files/file-system.ts'
import { completionOf } from '#shell/interpreter/completion.ts'
import { rememberedLines } from '#shell/interpreter/history-file.ts'
import { runInteractive } from '#shell/interpreter/interactive.ts'
import type { Machine, Shell } from '#shell/interpreter/shell.ts'
import { asksForCommands, newShell } from '#shell/interpreter/tasks.ts'
import { Exhausted, type Kernel, type Limits } from '#shell/kernel/kernel.ts'
import { InputStream, sinkStream, type Stream, WAIT } from '#shell/kernel/stream.ts'
import { type Signal, SIGNALS, type Task } from '#shell/kernel/task.ts'
import { firstHeritage, startMachine } from '#shell/start.ts'
import { type Completion, Terminal } from '#shell/terminal.ts'

export interface SessionGiven {
  readonly machine: Machine
  readonly argv: readonly string[]
  readonly files: FileSystem
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** `kubectl exec -t`: a shell without a script shows prompts and edits nothing. */
  readonly isTTY: boolean
  /** `kubectl exec -i`: without it the input is at its end. */
  readonly hasInput: boolean
  readonly limits?: Limits
  /** Of processes that are not the container's own. */
  readonly firstPid?: number
}

export interface Output {
  readonly fd: 1 | 2
  readonly text: string
}

export type SessionState =
  /** Nothing but input can help. */
  | { readonly kind: 'input' }
  /** Look again at this moment, in the machine's milliseconds (since `startedAt`). */
  | { readonly kind: 'time'; readonly at: number }
  /** There is work left: look again at once. */
  | { readonly kind: 'busy' }
  | {
      readonly kind: 'ended'
      readonly exitCode: number
      readonly signal?: Signal
      /** The bound of the simulation that it came to. */
      readonly stopped?: string
    }

export interface Polled {
  readonly output: readonly Output[]
  readonly state: SessionState
}

/** What is not there cannot be run: exec says so itself. */
export class NoSuchProgram extends Error {
  override readonly name = 'NoSuchProgram'
}

/** As much of a line as is kept of it, for its being shown again. */
const LONGEST_PROMPT = 1000

const lastLineOf = (before: string, text: string): string => {
  const end = text.lastIndexOf('\n')
  return (end < 0 ? before + text : text.slice(end + 1)).slice(-LONGEST_PROMPT)
}

const SLICE = 20_000
const MOST_WAITING = 128 * 1024

export class ShellSession {
  readonly #kernel: Kernel
  readonly #task: Task
  readonly #input: InputStream
  readonly #isTTY: boolean
  readonly #terminal = new Terminal({
    show: (text) => this.#write(1, text),
    submit: (line) => {
      this.#lastLine = ''
      this.#input.feed(line)
    },
    end: () => this.#input.feedEnd(),
    prompt: () => this.#lastLine,
    complete: (before) => this.#complete(before),
    columns: () => this.#kernel.terminalSize.columns,
    signal: (signal) => this.#signalFront(signal),
  })
  #shell: Shell | undefined
  #output: Output[] = []
  #size = 0
  #failed: string | undefined
  /** What was written since the last line's end: a prompt. */
  #lastLine = ''
  /** What was typed ahead, or pasted: it is read when somebody asks for it. */
  #ahead = ''
  #hasBegun = false
  #now = 0

  constructor(given: SessionGiven) {
    this.#isTTY = given.isTTY
    const screen = this.#sink(1)
    this.#input = new InputStream(given.isTTY, given.isTTY ? screen : undefined)
    if (!given.hasInput) this.#input.end()
    const streams = [this.#input, screen, given.isTTY ? screen : this.#sink(2)]
    const { kernel, task } = isPrompting(given)
      ? this.#startPrompt(given, streams)
      : startMachine(given.machine, { ...given, streams })
    if (task === undefined) throw new NoSuchProgram(given.argv[0] ?? '')
    this.#kernel = kernel
    this.#task = task
    if (given.isTTY) {
      kernel.foreground = task.group
      kernel.terminal = this.#input
    }
  }

  /** When it ended, or how far it has come, in the machine's milliseconds. */
  get time(): number {
    return this.#kernel.time
  }

  /** What was typed or piped in. */
  feed(text: string): void {
    this.#kernel.refill()
    if (!this.#isTTY || this.#input.isRaw) return this.#input.feed(text)
    // ^C comes before what waits, and what was typed before it is given up
    const stop = Math.max(...['\x03', '\x1a', '\x1c'].map((key) => text.lastIndexOf(key)))
    const isFirst = this.#ahead === ''
    if (stop < 0) this.#ahead += text
    else this.#ahead = text.slice(lineStart(text, stop))
    if (stop >= 0 || (this.#hasBegun && isFirst)) this.#typeLine()
  }

  /** Each line is shown when its turn has come, as a shell that edits it shows it. */
  #typeLine(): void {
    const end = /[\r\n]/.exec(this.#ahead)?.index ?? this.#ahead.length
    const line = this.#ahead.slice(0, end + 1)
    this.#ahead = this.#ahead.slice(end + 1)
    this.#terminal.type(line)
  }

  #complete(before: string): Completion {
    const shell = this.#shell
    const isAtPrompt = shell?.task.wait.for === 'input'
    return isAtPrompt && shell.state.flavour !== 'dash'
      ? completionOf(shell, before)
      : { replaces: 0, choices: [] }
  }

  /** How large the terminal is. */
  resize(columns: number, rows: number): void {
    this.#kernel.terminalSize = { columns, rows }
    const state = this.#shell?.state
    if (state?.flavour !== 'bash') return
    state.set('COLUMNS', String(columns))
    state.set('LINES', String(rows))
  }

  /** Nothing more will be typed. */
  endInput(): void {
    this.#input.end()
  }

  /** Everything that happens until `now`, in the machine's milliseconds. */
  poll(now: number, steps = SLICE): Polled {
    const { exitCode } = this.#task
    if (exitCode === undefined && this.#failed === undefined) this.#advance(now, steps)
    const output = this.#output
    this.#output = []
    this.#size = 0
    return { output, state: this.#state(now) }
  }

  /** How much it has done, in steps. */
  get work(): number {
    return this.#kernel.work
  }

  /** Something can go on at once that could not when it was polled last. */
  get isReady(): boolean {
    return this.#task.exitCode === undefined && this.#kernel.isReady()
  }

  /** Ends everything that runs. */
  close(): void {
    for (const task of this.#kernel.tasks) this.#kernel.signal(task.pid, 'KILL')
  }

  signal(signal: Signal): void {
    if (signal === 'INT') this.#signalFront(signal)
    else this.#kernel.signal(this.#task.pid, signal)
  }

  #advance(now: number, steps: number): void {
    try {
      // what is asked for anew may be worked for anew
      if (now > this.#now) this.#kernel.refill()
      this.#now = now
      this.#hasBegun = true
      this.#kernel.advance(now, this.#task, steps)
      const most = this.#kernel.work + steps
      while (this.#hasNext() && this.#kernel.work < most) {
        this.#typeLine()
        this.#kernel.advance(now, this.#task, steps)
      }
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error
      this.#write(2, `${error.message}: stopped${this.#isTTY ? '\r\n' : '\n'}`)
      this.#failed = error.message
    }
  }

  /** Somebody waits for what was typed ahead, and nobody has anything else to do. */
  #hasNext(): boolean {
    if (this.#ahead === '' || this.#task.exitCode !== undefined || this.#kernel.isReady())
      return false
    return this.#kernel.isReading
  }

  #state(now: number): SessionState {
    const { exitCode, signal } = this.#task
    if (this.#failed !== undefined)
      return { kind: 'ended', exitCode: 128 + SIGNALS.KILL, stopped: this.#failed }
    if (exitCode !== undefined)
      return signal === undefined
        ? { kind: 'ended', exitCode }
        : { kind: 'ended', exitCode, signal }
    if (this.#kernel.isReady() || this.#hasNext()) return { kind: 'busy' }
    const next = this.#kernel.nextMoment()
    return next === undefined ? { kind: 'input' } : { kind: 'time', at: Math.max(next, now) }
  }

  #startPrompt(
    given: SessionGiven,
    streams: readonly Stream[],
  ): { readonly kernel: Kernel; readonly task: Task } {
    const { machine, argv } = given
    const flavour = machine.shell(shellName(argv))!
    const heritage = firstHeritage(machine, { ...given, streams })
    if (flavour === 'bash') this.#terminal.remember(rememberedLines(given.files, given.env))
    const { kernel, fds } = heritage
    const task = kernel.start({
      parent: 0,
      argv,
      fds,
      steps: (own) => {
        this.#shell = newShell(heritage, flavour, shellName(argv), own, true)
        return runInteractive(this.#shell)
      },
    })
    return { kernel, task }
  }

  /** What runs in front hears it; what was typed for it is given up. A shell that prompts goes on. */
  #signalFront(signal: Signal): void {
    const { foreground, tasks } = this.#kernel
    if (signal === 'TSTP') {
      if (foreground === this.#shell?.task.group) return
      this.#write(1, '^Z')
    }
    if (this.#shell !== undefined) this.#input.clear()
    for (const { pid, group, isBackground } of tasks)
      if (!isBackground && (foreground === undefined || group === foreground))
        this.#kernel.signal(pid, signal)
  }

  #sink(fd: 1 | 2): Stream {
    return sinkStream((text) => {
      // whoever listens takes his time
      if (this.#size > MOST_WAITING) return WAIT
      this.#write(fd, this.#isTTY ? text.replace(/\r?\n/g, '\r\n') : text)
      if (this.#isTTY) this.#lastLine = lastLineOf(this.#lastLine, text)
      return 'done'
    }, this.#isTTY)
  }

  #write(fd: 1 | 2, text: string): void {
    this.#size += text.length
    const last = this.#output.at(-1)
    if (last?.fd === fd) this.#output[this.#output.length - 1] = { fd, text: last.text + text }
    else if (text !== '') this.#output.push({ fd, text })
  }
}

const lineStart = (text: string, at: number): number =>
  Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at)) + 1

const shellName = (argv: readonly string[]): string => argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1)

/** A shell without a script at a terminal. */
const isPrompting = ({ isTTY, argv, machine }: SessionGiven): boolean =>
  isTTY &&
  argv[0] !== undefined &&
  machine.shell(shellName(argv)) !== undefined &&
  asksForCommands(argv)
