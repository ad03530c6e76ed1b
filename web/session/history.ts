// What happened in the session, revision by revision.
import { signal } from '@preact/signals'
import { type Access, call, wordsOf } from './api.ts'

type Actor = { readonly component: string } | { readonly user: string; readonly agent: string }

/** One thing that was written. */
export interface Entry {
  readonly revision: number
  readonly at?: string
  readonly by?: Actor
  readonly what: { readonly kind: string; readonly says: string }
}

interface ChangedPath {
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** One of them, and how it came about. */
export interface Detail extends Entry {
  readonly changes: readonly ChangedPath[]
  /** From the revision itself back to what began it. */
  readonly causes: readonly (Entry & { readonly because: string; readonly isGuess?: true })[]
}

interface Answer {
  readonly oldest: number
  readonly newest: number
  readonly revisions: readonly Entry[]
  readonly next?: number
}

const PAGE = 1000
/** They are told of in objects that everybody sees, and would bury what happens. */
const NOISE = new Set(['Event', 'Lease'])

const PAUSE_MS = 500

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))

/** Everything that is kept of a session's history, except for what is noise. */
export class History {
  /** Oldest first; undefined until they have come. */
  readonly entries = signal<readonly Entry[] | undefined>(undefined)
  readonly oldest = signal(0)
  readonly newest = signal(0)
  readonly problem = signal('')
  /** The revision that is looked at. */
  readonly chosen = signal<Detail | undefined>(undefined)
  readonly #access: Access
  /** Everything up to this revision has come. */
  #known = 0
  #first = 0
  #isAsking = false
  #isAskedAgain = false
  #wanted: number | undefined

  constructor(access: Access) {
    this.#access = { ...access, at: undefined }
  }

  /** What is new since the last time. One call at a time. */
  async refresh(): Promise<void> {
    if (this.#isAsking) {
      this.#isAskedAgain = true
      return
    }
    this.#isAsking = true
    try {
      do {
        this.#isAskedAgain = false
        await this.#readOn()
        if (this.#isAskedAgain) await pause()
      } while (this.#isAskedAgain)
      this.problem.value = ''
    } catch (error) {
      this.problem.value = wordsOf(error)
    }
    this.#isAsking = false
  }

  /** Whether there is more before what has come. */
  get hasEarlier(): boolean {
    return this.entries.value !== undefined && this.#first > this.oldest.value
  }

  async readEarlier(): Promise<void> {
    const after = Math.max(this.oldest.value - 1, this.#first - 1 - PAGE)
    try {
      const answer = await this.#ask(`?after=${after}&limit=${this.#first - 1 - after}`)
      this.#first = after + 1
      this.#take(answer, [...telling(answer), ...(this.entries.value ?? [])])
    } catch (error) {
      // the window went on meanwhile
      this.problem.value = wordsOf(error)
    }
  }

  /** Reads what a revision changed, and why. */
  async choose(revision: number | undefined): Promise<void> {
    this.#wanted = revision
    if (revision === undefined) {
      this.chosen.value = undefined
      return
    }
    try {
      const detail = await call<Detail>(this.#access, `/history/${revision}`)
      if (this.#wanted === revision) this.chosen.value = detail
    } catch {
      // the first revision that is kept has a state, but nobody knows how it came about
      if (this.#wanted === revision) this.chosen.value = undefined
    }
  }

  /** What was written after a revision, in sentences. */
  async says(after: number): Promise<readonly string[]> {
    const { revisions } = await this.#ask(`?after=${after}&limit=${PAGE}`)
    const all = revisions.filter(({ what }) => !NOISE.has(what.kind))
    return (all.length === 0 ? revisions : all).map(({ what }) => what.says)
  }

  #ask(query: string): Promise<Answer> {
    return call<Answer>(this.#access, `/history${query}`)
  }

  async #readOn(): Promise<void> {
    if (this.entries.value === undefined) {
      const answer = await this.#ask(`?limit=${PAGE}`)
      this.#first = answer.revisions[0]?.revision ?? answer.newest
      this.#known = answer.newest
      return this.#take(answer, telling(answer))
    }
    let next: number | undefined = this.#known
    while (next !== undefined) {
      const answer: Answer = await this.#ask(`?after=${next}&limit=${PAGE}`)
      next = answer.next
      this.#known = next ?? answer.newest
      const added = telling(answer)
      const known: readonly Entry[] = this.entries.value ?? []
      // what is told is not told again
      this.#take(answer, added.length === 0 ? known : [...known, ...added])
    }
  }

  #take({ oldest, newest }: Answer, entries: readonly Entry[]): void {
    this.oldest.value = oldest
    this.newest.value = newest
    this.#first = Math.max(this.#first, oldest)
    this.entries.value =
      entries.length > 0 && entries[0]!.revision < oldest
        ? entries.filter(({ revision }) => revision >= oldest)
        : entries
  }
}

const telling = ({ revisions }: Answer): readonly Entry[] =>
  revisions.filter(({ what }) => !NOISE.has(what.kind))

/** Who wrote it, in few words. */
export const authorOf = ({ by }: Entry): string => {
  if (by === undefined) return ''
  if ('component' in by) return by.component
  return by.agent === '' ? by.user : `${by.user}, with ${by.agent}`
}
