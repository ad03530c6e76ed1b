// Somebody in front of the computer: a terminal, or a command that came over HTTP. He may come and go; what he wrote into the home folder
// stays.
import { FileSystem } from '#shell/files/file-system.ts'
import type { Volume } from '#shell/files/volume.ts'
import type { Limits } from '#shell/kernel/kernel.ts'
import { DEFAULT_LIMITS } from '#shell/kernel/kernel.ts'
import { type Output, ShellSession } from '#shell/session.ts'
import type { Tool } from '#shell/tools/tool.ts'
import type { Cluster } from '#cluster.ts'
import { ENVIRONMENT, HOME, LEARNER } from '#workstation/computer-image.ts'
import type { LocalPorts } from '#workstation/local-ports.ts'
import { WorkstationMachine } from '#workstation/machine.ts'
import type { Page, ShowFile } from '#workstation/page.ts'
import type { Place, Rights } from '#workstation/place.ts'

export interface SeatRequest {
  readonly rights: Rights
  readonly argv: readonly string[]
  readonly isTTY: boolean
  /** What is piped in. Absent: nothing, or what is typed at a terminal. */
  readonly stdin?: string
  /** Relative to the home folder, or absolute. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Shows a file in the editor of the page that the terminal is in. Absent: there is no page. */
  readonly edit?: ShowFile
}

export interface SeatParts {
  readonly place: Place
  readonly ports: LocalPorts
  readonly root: Volume
  readonly home: Volume
  readonly tools: ReadonlyMap<string, Tool>
  readonly page: Page | undefined
}

export interface SeatNews {
  readonly output: readonly Output[]
  /** When there is something to do by itself, in milliseconds from now; 0: at once. Absent: only input or the cluster helps. */
  readonly wakeIn?: number
  /** It is over. */
  readonly exitCode?: number
  /** Why it was brought to its end. */
  readonly stopped?: string
}

/** Steps and output are bounded below. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, steps: Infinity, output: Infinity }
/** Steps of the shell at a time, and what they and calls to the cluster may come to in one turn of the session. */
const SLICE = 250
const TURN_WORK = 8000
/** What a command may come to that nobody types anything into. */
const MOST_WORK = 1_500_000
/** Characters that a command may write, each on its own, or that a terminal shows after a key. */
const MOST_OUTPUT = 1024 * 1024
const MOST_SHOWN = 8 * 1024 * 1024
const KILLED = 137
const INTERNAL_ERROR = 70

/** Where a shell cannot begin. */
export class NoSuchFolder extends Error {
  override readonly name = 'NoSuchFolder'
}

export class Seat {
  readonly #place: Place
  readonly #session: ShellSession
  readonly #startedAt: number
  readonly #page: Page | undefined
  readonly #mostOutput: number
  readonly #written = { 1: 0, 2: 0 }
  #work = 0
  #typed: string[] = []
  #end: Pick<SeatNews, 'exitCode' | 'stopped'> | undefined

  /** Throws NoSuchFolder. */
  constructor(parts: SeatParts, request: SeatRequest) {
    const { place, root, home } = parts
    this.#place = place
    this.#page = parts.page
    this.#startedAt = place.now
    this.#mostOutput = request.isTTY ? MOST_SHOWN : MOST_OUTPUT
    const files = new FileSystem(root, { now: () => place.now, user: LEARNER })
    files.mount(HOME, home)
    const cwd = folderOf(files, request.cwd)
    this.#session = newSession(
      {
        machine: new WorkstationMachine({ ...parts, ...request, startedAt: this.#startedAt }),
        argv: request.argv,
        files,
        env: { ...ENVIRONMENT, ...request.env },
        cwd,
        isTTY: request.isTTY,
        hasInput: request.isTTY || request.stdin !== undefined,
        limits: LIMITS,
      },
      request.stdin,
    )
  }

  /** Something has happened that it waits for. */
  get isReady(): boolean {
    return this.#end === undefined && (this.#typed.length > 0 || this.#session.isReady)
  }

  /** What was typed. It comes to the shell in the next turn: Tab asks the cluster for names. */
  feed(text: string): void {
    this.#work = 0
    this.#written[1] = 0
    this.#typed.push(text)
  }

  resize(columns: number, rows: number): void {
    this.#session.resize(columns, rows)
  }

  /** The page has closed its editor; `text` absent: without saving. */
  edited(path: string, text?: string): void {
    this.#page?.edited(path, text)
  }

  /** Everything that runs is ended. */
  close(cluster: Cluster): void {
    this.#end ??= { exitCode: KILLED }
    this.#place.with(cluster, () => this.#session.close())
  }

  /** Lets it run for a while. */
  look(cluster: Cluster): SeatNews {
    if (this.#end !== undefined) return { output: [], ...this.#end }
    return this.#place.with(cluster, () => {
      const output: Output[] = []
      const news = this.#run(output)
      if (news.exitCode !== undefined) this.#end = news
      return { output, ...news }
    })
  }

  #run(output: Output[]): Omit<SeatNews, 'output'> {
    const now = this.#place.now - this.#startedAt
    const work = (): number => this.#session.work + this.#place.work
    const before = work()
    const allowed = MOST_WORK - this.#work
    const news = this.#runUntil(now, () => work() - before, allowed, output)
    this.#work += work() - before
    return news
  }

  #runUntil(
    now: number,
    work: () => number,
    allowed: number,
    output: Output[],
  ): Omit<SeatNews, 'output'> {
    while (work() < TURN_WORK) {
      const state = this.#poll(now, output)
      if (typeof state === 'string') return { exitCode: INTERNAL_ERROR, stopped: state }
      if (state.kind === 'ended') {
        // what still runs behind it has nobody to show anything to
        this.#session.close()
        const { exitCode, stopped } = state
        return stopped === undefined ? { exitCode } : { exitCode, stopped }
      }
      if (Math.max(this.#written[1], this.#written[2]) >= this.#mostOutput)
        return this.#stop(`more than ${this.#mostOutput / 1024 / 1024} MiB of output`)
      if (work() > allowed) return this.#stop('it worked for too long without an end')
      if (state.kind === 'input') return {}
      if (state.kind === 'time') return { wakeIn: Math.max(1, state.at - now) }
    }
    return { wakeIn: 0 }
  }

  /** The text: a program of the computer is broken. */
  #poll(now: number, output: Output[]) {
    try {
      for (const text of this.#typed.splice(0)) this.#session.feed(text)
      const polled = this.#session.poll(now, SLICE)
      for (const piece of polled.output) output.push(this.#take(piece))
      return polled.state
    } catch (error) {
      this.#session.close()
      return `internal error: ${(error as Error).message}`
    }
  }

  /** What is over the limit is left out. */
  #take({ fd, text }: Output): Output {
    const room = this.#mostOutput - this.#written[fd]
    this.#written[fd] += Math.min(room, text.length)
    return text.length <= room ? { fd, text } : { fd, text: text.slice(0, room) }
  }

  #stop(why: string): Pick<SeatNews, 'exitCode' | 'stopped'> {
    this.#session.close()
    return { exitCode: KILLED, stopped: why }
  }
}

const newSession = (
  given: ConstructorParameters<typeof ShellSession>[0],
  stdin: string | undefined,
): ShellSession => {
  const session = new ShellSession(given)
  if (stdin === undefined) return session
  session.feed(stdin)
  session.endInput()
  return session
}

const folderOf = (files: FileSystem, given = HOME): string => {
  const inside = given.replace(/^~(?=\/|$)/, HOME)
  const path = files.realpath(inside.startsWith('/') ? inside : `${HOME}/${inside}`)
  if (typeof path !== 'string' || !files.isDirectory(path)) throw new NoSuchFolder(given)
  return path
}
