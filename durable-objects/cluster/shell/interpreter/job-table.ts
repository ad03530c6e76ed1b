// The jobs of a shell: what it started behind its prompt, and what was stopped before it.
import { type Signal, SIGNALS, type Task } from '#shell/kernel/task.ts'

export type JobState = 'running' | 'stopped' | 'ended'

/** glibc: string/siglist.h; what bash says of a signal */
const SIGNAL_TEXTS: Partial<Readonly<Record<Signal, string>>> = {
  HUP: 'Hangup',
  INT: 'Interrupt',
  QUIT: 'Quit',
  KILL: 'Killed',
  USR1: 'User defined signal 1',
  USR2: 'User defined signal 2',
  PIPE: 'Broken pipe',
  ALRM: 'Alarm clock',
  TERM: 'Terminated',
}

export const textOfSignal = (signal: Signal): string =>
  SIGNAL_TEXTS[signal] ?? `Signal ${SIGNALS[signal]}`

const STATE_WIDTH = 24
const STOPPED_STATUS = 128 + SIGNALS.TSTP

export class Job {
  number = 0
  readonly tasks: readonly Task[]
  /** As the shell writes the command. */
  readonly text: string
  /** The terminal handed on every key as it was typed when it was stopped. */
  isRaw = false
  /** Of the shell around this one: it can be seen here, not waited for. */
  readonly isForeign: boolean
  /** What of it was told last. */
  told: JobState = 'running'

  constructor(tasks: readonly Task[], text: string, isForeign = false) {
    this.tasks = tasks
    this.text = text
    this.isForeign = isForeign
  }

  get group(): number {
    return this.tasks[0]!.group
  }

  /** What `$!` was. */
  get last(): Task {
    return this.tasks.at(-1)!
  }

  get state(): JobState {
    const left = this.tasks.filter(({ exitCode }) => exitCode === undefined)
    if (left.length === 0) return 'ended'
    return left.every(({ isStopped }) => isStopped) ? 'stopped' : 'running'
  }

  get statuses(): readonly number[] {
    return this.tasks.map(({ exitCode }) => exitCode ?? STOPPED_STATUS)
  }

  get stateText(): string {
    const { state } = this
    if (state === 'running') return 'Running'
    if (state === 'stopped') return 'Stopped'
    const { signal, exitCode = 0 } = this.last
    if (signal !== undefined) return textOfSignal(signal)
    return exitCode === 0 ? 'Done' : `Exit ${exitCode}`
  }
}

/** Jobs that have ended and that nobody asked about. */
const MOST_ENDED = 64

export class JobTable {
  /** The one that was touched last stands last. */
  #jobs: readonly Job[] = []

  /** By number. */
  get all(): readonly Job[] {
    return this.#jobs.toSorted((one, other) => one.number - other.number)
  }

  get own(): readonly Job[] {
    return this.all.filter(({ isForeign }) => !isForeign)
  }

  /** Of a shell in this one: it sees them, and begins with none. */
  seen(): JobTable {
    const table = new JobTable()
    for (const { tasks, text, number } of this.#jobs) {
      const job = new Job(tasks, text, true)
      job.number = number
      table.#jobs = [...table.#jobs, job]
    }
    return table
  }

  add(job: Job): void {
    if (this.#jobs.some(({ isForeign }) => isForeign)) this.#jobs = []
    if (this.#jobs.includes(job)) return this.touch(job)
    job.number = Math.max(0, ...this.#jobs.map(({ number }) => number)) + 1
    this.#jobs = [...this.#jobs, job]
    const ended = this.#jobs.filter(({ state }) => state === 'ended')
    if (ended.length > MOST_ENDED) this.remove(ended[0]!)
  }

  touch(job: Job): void {
    this.#jobs = [...this.#jobs.filter((other) => other !== job), job]
  }

  remove(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job)
  }

  clear(): void {
    this.#jobs = []
  }

  /** The current one first, then the previous one. bash: jobs.c set_current_job */
  get #byRank(): readonly Job[] {
    const latest = this.#jobs.toReversed()
    const isStopped = ({ state }: Job): boolean => state === 'stopped'
    return [...latest.filter(isStopped), ...latest.filter((job) => !isStopped(job))]
  }

  mark(job: Job): '+' | '-' | ' ' {
    const [current, previous] = this.#byRank
    if (job === current) return '+'
    return job === previous ? '-' : ' '
  }

  /** `%1`, `%+`, `%-`, `%text`, `%?text`. */
  find(spec: string): Job | 'ambiguous' | undefined {
    const word = spec.replace(/^%/, '')
    if (word === '' || word === '%' || word === '+') return this.#byRank[0]
    if (word === '-') return this.#byRank[1] ?? this.#byRank[0]
    if (/^\d+$/.test(word)) return this.#jobs.find(({ number }) => number === Number(word))
    const found = word.startsWith('?')
      ? this.#jobs.filter(({ text }) => text.includes(word.slice(1)))
      : this.#jobs.filter(({ text }) => text.startsWith(word))
    return found.length > 1 ? 'ambiguous' : found[0]
  }

  /** The job that a process belongs to. */
  of(pid: number): Job | undefined {
    return this.#jobs.find(({ tasks }) => tasks.some((task) => task.pid === pid))
  }

  /** `[1]+  Running                 sleep 100 &` */
  line(job: Job, isLong = false): string {
    const head = `[${job.number}]${this.mark(job)} ${isLong ? '' : ' '}`
    const pid = isLong ? `${job.tasks[0]!.pid} ` : ''
    const end = job.state === 'running' ? ' &' : ''
    const stages = job.text.split(' | ')
    if (isLong && job.tasks.length > 1 && stages.length === job.tasks.length)
      return this.#longLines(job, stages, head, end)
    return `${head}${pid}${job.stateText.padEnd(STATE_WIDTH)}${job.text}${end}\n`
  }

  /** Each process on a line of its own. */
  #longLines({ tasks, stateText }: Job, stages: readonly string[], head: string, end: string) {
    return stages
      .map((stage, index) => {
        const pid = tasks[index]!.pid
        const isLast = index === stages.length - 1
        const text =
          index === 0
            ? `${head}${pid} ${stateText.padEnd(STATE_WIDTH)}${stage}`
            : `${' '.repeat(head.length)}${pid} ${' '.repeat(STATE_WIDTH - 2)}| ${stage}`
        return `${text}${isLast ? end : ''}\n`
      })
      .join('')
  }

  /** What is to be told at the next prompt. What has ended is forgotten then. */
  takeNews(): string {
    let news = ''
    for (const job of this.own) {
      const { state } = job
      if (state === job.told || state === 'running') continue
      job.told = state
      news += this.line(job)
    }
    this.forgetEnded()
    return news
  }

  forgetEnded(): void {
    this.#jobs = this.#jobs.filter(({ state }) => state !== 'ended')
  }
}
