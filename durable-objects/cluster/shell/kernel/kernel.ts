// Runs processes in turn, on a clock that is handed in: nothing happens between two moments at which somebody can go on.
import {
  Killed,
  type Signal,
  SIGNALS,
  type Steps,
  Task,
  type Descriptors,
  TURN,
} from '#shell/kernel/task.ts'
import { hasInput, type Stream, WAIT } from '#shell/kernel/stream.ts'

export interface Limits {
  /** Commands and turns of loops in a whole life. */
  readonly steps: number
  /** Processes at a time. */
  readonly tasks: number
  /** Characters that are written in a whole life. */
  readonly output: number
  /** Characters that one expansion or substitution may be. */
  readonly text: number
  /** Functions in functions, shells in shells. */
  readonly depth: number
  /** After so many steps sleep grows longer and longer, so that any moment is reached in the end. Absent: it never does. */
  readonly eager?: number
}

export const DEFAULT_LIMITS: Limits = {
  steps: 200_000,
  tasks: 64,
  output: 4 * 1024 * 1024,
  text: 1024 * 1024,
  depth: 100,
}

/** A bound of the simulation was reached: everything stops here. */
export class Exhausted extends Error {
  override readonly name = 'Exhausted'
}

/** So many characters, as a power of two, are as much work as a step. */
const WRITTEN_PER_STEP = 6

/** Programs compute much between two steps. */
const COMPUTED_PER_STEP = 16
/** Whoever lets it run for some steps does not wait for more work than that. */
const WORK_PER_STEP = 32

/** A process is more work than a command. */
const START_COST = 4
const START_WORK = 20

export type Pause = 'ended' | 'waiting' | 'busy'

interface Start {
  readonly parent: number
  readonly argv: readonly string[]
  readonly fds: Descriptors
  readonly isBackground?: boolean
  readonly steps: (task: Task) => Steps<number>
}

export class Kernel {
  readonly limits: Limits
  /** Milliseconds since the start. */
  time = 0
  /** How much of what a process could notice has changed: a loop whose turn changes nothing goes on for ever. */
  changes = 0
  /** All that was ever done here: steps, and what was written. */
  work = 0
  /** The group that the terminal listens to. Absent: there is no terminal, or nobody controls jobs. */
  foreground: number | undefined
  /** Where it is typed. */
  terminal: Stream | undefined
  terminalSize = { columns: 80, rows: 24 }
  readonly #tasks = new Map<number, Task>()
  #lastPid: number
  #steps = 0
  #output = 0
  #current: Task | undefined

  constructor(limits: Limits = DEFAULT_LIMITS, firstPid = 1) {
    this.limits = limits
    this.#lastPid = firstPid - 1
  }

  get tasks(): readonly Task[] {
    return [...this.#tasks.values()]
  }

  task(pid: number): Task | undefined {
    return this.#tasks.get(pid)
  }

  get lastPid(): number {
    return this.#lastPid
  }

  /** One more step of the work that is allowed. True: others should have their turn. */
  step(cost = 1): boolean {
    const before = this.#steps
    this.#steps += cost
    this.work += cost
    if (this.#steps > this.limits.steps) throw new Exhausted('too many steps')
    return before >> 6 !== this.#steps >> 6
  }

  /** What a program computes is more work than it is steps. */
  compute(steps: number): boolean {
    this.work += steps
    return this.step(Math.ceil(steps / COMPUTED_PER_STEP))
  }

  /** Work that is asked for from outside begins anew. */
  refill(): void {
    this.#steps = 0
    this.#output = 0
  }

  start({ parent, argv, fds, isBackground, steps }: Start): Task {
    this.step(START_COST)
    this.work += START_WORK
    if (this.#tasks.size >= this.limits.tasks) throw new Exhausted('too many processes')
    const task = new Task(++this.#lastPid, parent, argv, fds, isBackground)
    task.group = this.#tasks.get(parent)?.group ?? task.pid
    task.steps = steps(task)
    this.#tasks.set(task.pid, task)
    return task
  }

  /** Runs until everything waits for something after `until`, or the work is more than `steps`, or `main` has ended. */
  advance(until: number, main?: Task, steps = Infinity): Pause {
    const most = this.#steps + steps
    const mostWork = this.work + steps * WORK_PER_STEP
    for (;;) {
      let hasRun = false
      for (const task of this.#tasks.values()) {
        if (task.exitCode !== undefined || !this.#isReady(task)) continue
        this.#resume(task)
        hasRun = true
        if (main?.exitCode !== undefined) return 'ended'
        if (this.#steps > most || this.work > mostWork) return 'busy'
      }
      if (this.#tasks.size === 0) return 'ended'
      if (hasRun) continue
      const next = this.nextMoment()
      if (next === undefined || next > until) {
        if (Number.isFinite(until)) this.time = Math.max(this.time, until)
        return 'waiting'
      }
      this.time = Math.max(this.time, next)
    }
  }

  /** When the first process can go on by itself. */
  nextMoment(): number | undefined {
    let next = Infinity
    for (const { wait, isStopped } of this.#tasks.values())
      if (!isStopped && wait.until !== undefined && wait.until < next) next = wait.until
    return next === Infinity ? undefined : next
  }

  /** Somebody could go on at once. */
  isReady(): boolean {
    return this.tasks.some((task) => this.#isReady(task))
  }

  #isReady({ wait, isStopped }: Task): boolean {
    if (isStopped) return false
    return wait.ready?.() === true || (wait.until !== undefined && wait.until <= this.time)
  }

  /** Somebody waits for what is typed. */
  get isReading(): boolean {
    return this.tasks.some(({ wait, isStopped }) => wait.for === 'input' && !isStopped)
  }

  #resume(task: Task): void {
    this.#current = task
    try {
      const step = task.steps!.next()
      if (step.done === true) this.#end(task, step.value)
      else task.wait = step.value
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      task.signal = error.signal
      this.#end(task, 128 + SIGNALS[error.signal])
    } finally {
      this.#current = undefined
    }
  }

  #end(task: Task, exitCode: number): void {
    task.exitCode = exitCode & 255
    task.steps = undefined
    task.fds.closeAll()
    this.#tasks.delete(task.pid)
  }

  /** False: there is no such process. */
  signal(pid: number, signal: Signal): boolean {
    const task = this.#tasks.get(pid)
    if (task === undefined) return false
    if (signal === 'CONT') this.#continue(task)
    else if (task.isStopped && signal !== 'KILL') task.held.push(signal)
    else if (!this.#isCaught(task, signal)) this.#obey(task, signal)
    return true
  }

  #isCaught(task: Task, signal: Signal): boolean {
    return signal !== 'KILL' && signal !== 'STOP' && task.onSignal?.(signal) === 'handled'
  }

  #obey(task: Task, signal: Signal): void {
    if (signal === 'CHLD') return
    if (signal === 'STOP' || signal === 'TSTP' || signal === 'TTIN') this.#stop(task, signal)
    else if (task === this.#current) throw new Killed(signal)
    else this.#kill(task, signal)
  }

  /** All of a job. False: nothing of it is there any more. */
  signalGroup(group: number, signal: Signal): boolean {
    const members = this.tasks.filter((task) => task.group === group)
    for (const { pid } of members) this.signal(pid, signal)
    return members.length > 0
  }

  /** Who could not be continued by a shell is not stopped by a terminal. POSIX: orphaned process group */
  #stop(task: Task, signal: Signal): void {
    const hasKeeper = this.tasks.some(({ group, parent }) => {
      const keeper = group === task.group ? this.#tasks.get(parent) : undefined
      return keeper !== undefined && keeper.group !== group
    })
    if (hasKeeper || signal === 'STOP') task.isStopped = true
  }

  #continue(task: Task): void {
    if (!task.isStopped) return void task.onSignal?.('CONT')
    task.isStopped = false
    for (const signal of task.held.splice(0)) this.signal(task.pid, signal)
    task.onSignal?.('CONT')
  }

  #kill(task: Task, signal: Signal): void {
    const { steps } = task
    task.signal = signal
    this.#end(task, 128 + SIGNALS[signal])
    // It lets go of what it holds outside. What it would still wait for dies with it.
    steps?.return(0)
    // on its way out it put back what it had redirected
    task.fds.closeAll()
  }

  *sleep(ms: number): Steps<void> {
    const { eager = Infinity } = this.limits
    const extra = this.#steps > eager && ms > 0 ? Math.max(1000, Math.floor(this.time / 50)) : 0
    const until = this.time + Math.max(0, ms) + extra
    while (this.time < until) yield { for: 'time', until }
  }

  /** Until something outside has happened, or `ms` have passed. */
  *waitUntil(ready: () => boolean, ms = Infinity): Steps<void> {
    yield { for: 'event', until: this.time + Math.max(0, ms), ready }
  }

  *read(stream: Stream): Steps<string | undefined> {
    const reader = this.#current
    for (;;) {
      if (stream.isTTY) yield* this.comeForward(reader)
      const text = stream.read()
      if (text !== WAIT) return text
      yield {
        for: stream.isTTY ? 'input' : 'pipe',
        ready: () => (stream.isTTY && !this.isInFront(reader)) || hasInput(stream),
      }
    }
  }

  /** The same; '' if `isEnough` before there is any, or after `ms`. */
  *readOr(stream: Stream, isEnough: () => boolean, ms?: number): Steps<string | undefined> {
    const reader = this.#current
    if (stream.isTTY) yield* this.comeForward(reader)
    yield* this.waitUntil(() => (this.isInFront(reader) && hasInput(stream)) || isEnough(), ms)
    if (stream.isTTY && !this.isInFront(reader)) return ''
    const text = stream.read()
    return text === WAIT ? '' : text
  }

  isInFront(task: Task | undefined): boolean {
    return this.foreground === undefined || task?.group === this.foreground
  }

  /** What a job in the background would read was typed for another. */
  *comeForward(task: Task | undefined): Steps<void> {
    if (task === undefined) return
    while (!this.isInFront(task)) {
      this.signalGroup(task.group, 'TTIN')
      if (!task.isStopped) return
      yield TURN
    }
  }

  /** The text of an error; undefined: it was written. A closed pipe kills. */
  *write(stream: Stream, text: string): Steps<string | undefined> {
    if (text === '') return undefined
    this.#output += text.length
    this.work += text.length >> WRITTEN_PER_STEP
    if (this.#output > this.limits.output) throw new Exhausted('too much output')
    for (;;) {
      const written = stream.write(text)
      if (written === 'done') return undefined
      if (written === 'broken') throw new Killed('PIPE')
      if (written !== WAIT) return written.error
      this.step()
      yield { for: 'pipe', ready: () => stream.write('') !== WAIT }
    }
  }

  /** Waits until the process has ended. */
  *waitFor(task: Task, isInterrupted?: () => boolean): Steps<number | undefined> {
    while (task.exitCode === undefined) {
      if (isInterrupted?.() === true) return undefined
      yield {
        for: 'child',
        ready: () => task.exitCode !== undefined || isInterrupted?.() === true,
      }
    }
    return task.exitCode
  }
}
