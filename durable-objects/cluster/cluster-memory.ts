import type { Memory } from '#client/work-queue.ts'

/** What an entry was before it changed: those who look at an older revision see it so. */
export interface MemoryPast {
  readonly key: string
  /** The revision that brings the change: the state as of it has what came after `before`. */
  readonly revision: number
  /** Undefined: it was not there. */
  readonly before: string | undefined
}

/** So many characters of entries as they were are kept: one entry may be a whole disk. */
const MOST_PAST = 8_000_000

/**
 * What components keep between turns beside objects, which of it changed since it was last stored, and what it was before: for the state
 * as of an older revision.
 */
export class ClusterMemory implements Memory {
  readonly #values: Map<string, string>
  readonly #revision: () => number
  #dirty = new Set<string>()
  /** Oldest first. */
  #past: MemoryPast[]
  #pastSize = 0
  /** The last revision for which an entry was kept. */
  readonly #keptFor = new Map<string, number>()
  /** How many of `#past` were told of. */
  #told: number
  #oldest = 0

  /** `revision` says which revision a change belongs to that is made now. */
  constructor(
    entries: readonly (readonly [string, string])[] = [],
    past: readonly MemoryPast[] = [],
    revision = () => 0,
  ) {
    this.#values = new Map(entries)
    this.#revision = revision
    this.#past = [...past]
    this.#told = past.length
    for (const entry of past) {
      this.#keptFor.set(entry.key, entry.revision)
      this.#pastSize += sizeOf(entry)
    }
    this.#trim()
  }

  /** The oldest revision as of which the memory is known. */
  get oldest(): number {
    return this.#oldest
  }

  get(key: string): string | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: string): void {
    const before = this.#values.get(key)
    if (before === value) return
    this.#values.set(key, value)
    this.#changed(key, before)
  }

  delete(key: string): void {
    const before = this.#values.get(key)
    if (this.#values.delete(key)) this.#changed(key, before)
  }

  entries(prefix: string): readonly (readonly [string, string])[] {
    return sorted([...this.#values].filter(([key]) => key.startsWith(prefix)))
  }

  /** All entries as of a revision, not older than `oldest`. */
  at(revision: number): readonly (readonly [string, string])[] {
    const values = new Map(this.#values)
    for (let index = this.#past.length - 1; index >= 0; index--) {
      const { key, revision: changedIn, before } = this.#past[index]!
      if (changedIn <= revision) break
      if (before === undefined) values.delete(key)
      else values.set(key, before)
    }
    return sorted([...values])
  }

  /** The entries that changed since the last call; undefined stands for deleted. */
  takeChanges(): readonly (readonly [string, string | undefined])[] {
    const changes = [...this.#dirty].sort().map((key) => [key, this.#values.get(key)] as const)
    this.#dirty = new Set()
    return changes
  }

  /** What the changes since the last call replaced. */
  takePast(): readonly MemoryPast[] {
    const past = this.#past.slice(this.#told)
    this.#told = this.#past.length
    return past
  }

  /** Nobody looks at what was before this revision any more. */
  compact(revision: number): void {
    if (revision <= this.#oldest) return
    this.#oldest = revision
    const kept = this.#past.findIndex((entry) => entry.revision > revision)
    this.#drop(kept < 0 ? this.#past.length : kept)
  }

  #changed(key: string, before: string | undefined): void {
    this.#dirty.add(key)
    const revision = this.#revision()
    if (this.#keptFor.get(key) === revision) return
    this.#keptFor.set(key, revision)
    const entry = { key, revision, before }
    this.#past.push(entry)
    this.#pastSize += sizeOf(entry)
    this.#trim()
  }

  #trim(): void {
    if (this.#pastSize <= MOST_PAST) return
    let size = this.#pastSize
    // by a half, so that it is not done with every change
    const kept = this.#past.findIndex((entry) => (size -= sizeOf(entry)) <= MOST_PAST / 2)
    this.compact(this.#past[kept]!.revision)
  }

  #drop(count: number): void {
    for (const entry of this.#past.slice(0, count)) {
      this.#pastSize -= sizeOf(entry)
      if (this.#keptFor.get(entry.key) === entry.revision) this.#keptFor.delete(entry.key)
    }
    this.#past = this.#past.slice(count)
    this.#told = Math.max(0, this.#told - count)
  }
}

const sizeOf = ({ key, before = '' }: MemoryPast): number => key.length + before.length

const sorted = (entries: (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
