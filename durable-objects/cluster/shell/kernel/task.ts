// One process: a generator that yields what it waits for.
import type { Stream } from '#shell/kernel/stream.ts'

/** When a process can go on. */
export interface Wait {
  /** The time in milliseconds; Infinity: never by itself. */
  readonly until?: number
  readonly ready?: () => boolean
  /** What it is that it waits for. */
  readonly for: 'time' | 'input' | 'pipe' | 'child' | 'turn' | 'event'
}

export type Steps<Result> = Generator<Wait, Result, void>

/** Lets the others run. */
export const TURN: Wait = { for: 'turn', ready: () => true }

export type Signal =
  | 'HUP'
  | 'INT'
  | 'QUIT'
  | 'KILL'
  | 'USR1'
  | 'USR2'
  | 'PIPE'
  | 'ALRM'
  | 'TERM'
  | 'CHLD'
  | 'CONT'
  | 'STOP'
  | 'TSTP'
  | 'TTIN'

export const SIGNALS: Readonly<Record<Signal, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
}

/** `TERM`, `SIGTERM`, `15`; undefined: there is no such signal. */
export const signalNamed = (text: string): Signal | undefined => {
  const upper = text.toUpperCase().replace(/^SIG/, '')
  for (const [name, number] of Object.entries(SIGNALS))
    if (name === upper || String(number) === text) return name as Signal
  return undefined
}

/** The process ends here, by a signal. */
export class Killed extends Error {
  override readonly name = 'Killed'
  readonly signal: Signal

  constructor(signal: Signal) {
    super(signal)
    this.signal = signal
  }
}

/** Descriptors of a process. */
export class Descriptors {
  readonly #open = new Map<number, Stream>()

  get(fd: number): Stream | undefined {
    return this.#open.get(fd)
  }

  set(fd: number, stream: Stream): void {
    stream.open()
    this.#open.get(fd)?.close()
    this.#open.set(fd, stream)
  }

  close(fd: number): void {
    this.#open.get(fd)?.close()
    this.#open.delete(fd)
  }

  copy(): Descriptors {
    const copy = new Descriptors()
    for (const [fd, stream] of this.#open) copy.set(fd, stream)
    return copy
  }

  closeAll(): void {
    for (const stream of this.#open.values()) stream.close()
    this.#open.clear()
  }
}

/** What a process does about a signal: undefined is what everybody does. */
export type SignalHandler = (signal: Signal) => 'handled' | undefined

export class Task {
  readonly pid: number
  readonly parent: number
  /** Another program's, after `exec`. */
  argv: readonly string[]
  readonly fds: Descriptors
  /** Started with & by a shell that controls no jobs: a terminal's ^C does not reach it. */
  readonly isBackground: boolean
  /** The job that it belongs to: the pid of its first process. */
  group: number
  /** By a signal, until CONT. */
  isStopped = false
  /** What it was sent meanwhile. */
  held: Signal[] = []
  onSignal: SignalHandler | undefined
  steps: Steps<number> | undefined
  wait: Wait = TURN
  exitCode: number | undefined
  signal: Signal | undefined

  constructor(
    pid: number,
    parent: number,
    argv: readonly string[],
    fds: Descriptors,
    isBackground = false,
  ) {
    this.pid = pid
    this.parent = parent
    this.argv = argv
    this.fds = fds
    this.isBackground = isBackground
    this.group = pid
  }
}
