// The learner's computer within the session: who sits in front of it, and when each has to be looked at again. It is made when somebody
// first uses it.
import type { Cluster } from '../../cluster/cluster.ts'
import type { Computer } from '../../workstation/computer.ts'
import type { FilesAnswer, FilesCall } from '../../workstation/home-files.ts'
import type { HomeChange } from '../../workstation/home.ts'
import type * as programsOfTheComputer from '../../workstation/programs.ts'
import type { Rights } from '../../workstation/place.ts'
import type { SeatNews } from '../../workstation/seat.ts'
import type { Access } from '../access.ts'
import type { SessionClock } from '../../session-clock.ts'
import type { HomeStore } from './home-store.ts'
import { runCommand, type ShellCall } from './shell-command.ts'
import { openTerminal } from './terminal-socket.ts'

type Programs = typeof programsOfTheComputer

/** What sits in front of the computer. */
export interface Occupant {
  readonly isReady: boolean
  look(cluster: Cluster): SeatNews
  close(cluster: Cluster): void
}

/** One of them, as whoever let him in sees him. */
export interface Taken {
  /** Looks at him at once: something was typed. */
  wake(): void
  /** He is gone. */
  leave(): void
}

interface Entry {
  readonly rights: Rights
  readonly occupant: Occupant
  readonly tell: (news: SeatNews) => void
  /** In the session's time; 0: at once. */
  dueAt: number
}

/** What the worker hands on of a request for the computer. */
export type ComputerRequest = Access &
  /** The call is the body. */
  ({ readonly computer: 'shell'; readonly isStreamed: boolean } | { readonly computer: 'terminal' })

export interface ComputerParts {
  readonly turn: <T>(act: (cluster: Cluster) => T) => T
  /** Somebody is connected until the answer is called; undefined: too many are. */
  readonly hold: () => (() => void) | undefined
  readonly store: HomeStore
  /** Undefined while nobody has looked at the session yet. */
  readonly clock: () => SessionClock | undefined
  /** The session's id. */
  readonly session: string
}

/** So many are looked at in one turn: whoever asks something else waits no longer. */
const MOST_LOOKS = 8
/** A timer may not be set for longer. */
const LONGEST_TIMER = 2 ** 31 - 1

export class SessionComputer {
  readonly #parts: ComputerParts
  readonly #entries = new Set<Entry>()
  readonly #onFiles = new Set<(paths: readonly string[]) => void>()
  #programs: Programs | undefined
  #computer: Computer | undefined
  #changed: readonly HomeChange[] = []
  #release: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isPolling = false

  constructor(parts: ComputerParts) {
    this.#parts = parts
  }

  async files(call: FilesCall): Promise<FilesAnswer> {
    const { callFiles } = await this.#load()
    return this.#parts.turn((cluster) =>
      callFiles(this.computerAt(cluster).home, cluster.now, call),
    )
  }

  /** A command, or a terminal. The request's signal says that nobody waits for the answer any more. */
  async answer(asked: ComputerRequest, request: Request): Promise<Response> {
    const rights: Rights = asked.key === undefined ? 'view' : 'edit'
    const { TerminalSeat } = await this.#load()
    if (asked.computer === 'terminal') return openTerminal(this, rights, TerminalSeat)
    const { isStreamed } = asked
    const call = await request.json<ShellCall>()
    return runCommand(this, rights, call, { signal: request.signal, isStreamed })
  }

  /** Only when it was loaded. */
  computerAt(cluster: Cluster): Computer {
    if (this.#computer === undefined) {
      const files = this.#parts.store.load()
      const { Computer, kubectlTool } = this.#programs!
      this.#computer = new Computer({
        now: cluster.now,
        kubectl: kubectlTool,
        session: this.#parts.session,
        isStill: () => this.isStill,
        ...(files === undefined ? {} : { files }),
      })
    }
    return this.#computer
  }

  /** Somebody sits down. `tell`: called with what he says, after each look at him. undefined: too many are connected. */
  take(
    rights: Rights,
    occupant: (cluster: Cluster) => Occupant,
    tell: (news: SeatNews, taken: Taken) => void,
  ): Taken | undefined {
    this.#release ??= this.#parts.hold()
    if (this.#release === undefined) return undefined
    const taken: Taken = {
      wake: () => {
        entry.dueAt = 0
        this.#poll()
      },
      leave: () => this.#remove(entry),
    }
    const entry: Entry = {
      rights,
      occupant: this.#parts.turn(occupant),
      tell: (news) => tell(news, taken),
      dueAt: 0,
    }
    this.#entries.add(entry)
    this.#schedule()
    return taken
  }

  /** Told of what was written into the home folder, until the answer is called. */
  onFiles(tell: (paths: readonly string[]) => void): () => void {
    this.#onFiles.add(tell)
    return () => this.#onFiles.delete(tell)
  }

  /** Who waits for time to pass waits until somebody lets it pass. */
  get isStill(): boolean {
    return this.#parts.clock()?.isRunning === false
  }

  get isChanged(): boolean {
    return this.#computer?.home.isChanged === true
  }

  /** Inside of the transaction that stores a turn. */
  store(): void {
    if (!this.isChanged) return
    this.#changed = this.#computer!.home.takeChanges()
    this.#parts.store.save(this.#changed)
  }

  /** At the end of each turn: who waits for something may go on. */
  afterTurn(): void {
    if (this.#changed.length > 0) {
      const paths = this.#changed.map(({ path }) => path)
      this.#changed = []
      for (const tell of this.#onFiles) tell(paths)
    }
    if (this.#entries.size > 0 && !this.#isPolling) this.#schedule()
  }

  /** What is in memory is worth nothing any more. */
  drop(why: string): void {
    this.#computer = undefined
    this.#changed = []
    for (const entry of this.#entries) {
      this.#entries.delete(entry)
      entry.tell({ output: [], exitCode: 70, stopped: why })
    }
    this.#rest()
  }

  /** Whoever came with the key gets up. */
  endKeyed(why: string): void {
    for (const entry of this.#entries) {
      if (entry.rights === 'view') continue
      this.#remove(entry)
      entry.tell({ output: [], exitCode: 137, stopped: why })
    }
  }

  async #load(): Promise<Programs> {
    return (this.#programs ??= await import('../../workstation/programs.ts'))
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return
    if (this.#entries.size === 0) this.#rest()
    this.#parts.turn((cluster) => entry.occupant.close(cluster))
  }

  #rest(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    this.#release?.()
    this.#release = undefined
  }

  #schedule(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    let next = Infinity
    for (const { occupant, dueAt } of this.#entries)
      next = Math.min(next, occupant.isReady ? 0 : dueAt)
    const delay = this.#delayUntil(next)
    if (delay === undefined) return
    this.#timer = setTimeout(() => this.#poll(), Math.min(delay, LONGEST_TIMER))
  }

  /** In real time. Undefined: time has to be let pass first, or it never comes; the turn that does so looks again. */
  #delayUntil(moment: number): number | undefined {
    const clock = this.#parts.clock()
    if (moment === Infinity) return undefined
    return moment <= (clock?.session ?? moment) ? 0 : clock?.delayUntil(moment)
  }

  /** One turn in which everybody goes on who can. */
  #poll(): void {
    if (this.#isPolling) return
    this.#isPolling = true
    const told: (readonly [Entry, SeatNews])[] = []
    let now = 0
    try {
      this.#parts.turn((cluster) => {
        now = cluster.now
        const all = [...this.#entries]
        for (const entry of all) {
          if (entry.dueAt > now && !entry.occupant.isReady) continue
          told.push([entry, entry.occupant.look(cluster)])
          // the others come first in the next turn
          this.#entries.delete(entry)
          this.#entries.add(entry)
          if (told.length >= MOST_LOOKS) break
        }
      })
    } catch (error) {
      // oxlint-disable-next-line no-console -- a defect is for whoever runs this; everybody was told already
      console.error(error)
      return
    } finally {
      this.#isPolling = false
    }
    for (const [entry, news] of told) {
      entry.dueAt = news.wakeIn === undefined ? Infinity : now + news.wakeIn
      if (news.exitCode !== undefined) this.#entries.delete(entry)
      entry.tell(news)
    }
    if (this.#entries.size === 0) this.#rest()
    else this.#schedule()
  }
}
