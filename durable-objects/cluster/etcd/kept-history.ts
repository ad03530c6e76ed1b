import type { Revision } from '#etcd/etcd.ts'

/**
 * The writes since the last compaction, oldest first. Those that were stored before the cluster was made are read when somebody asks for
 * them, which few do.
 */
export class KeptHistory {
  #unread: (() => readonly Revision[]) | undefined
  /** Those after this revision are in `#read`. */
  #from: number
  #read: Revision[]

  /** `last`: the newest revision that was stored. */
  constructor(stored: readonly Revision[] | (() => readonly Revision[]), last: number) {
    const isRead = typeof stored !== 'function'
    this.#unread = isRead ? undefined : stored
    this.#read = isRead ? [...stored] : []
    this.#from = (this.#read[0]?.revision ?? last + 1) - 1
  }

  /** How many are in memory. */
  get size(): number {
    return this.#read.length
  }

  push(revision: Revision): void {
    this.#read.push(revision)
  }

  since(revision: number): readonly Revision[] {
    if (revision < this.#from) this.#readAll()
    return this.#read.slice(Math.max(0, revision - this.#from))
  }

  at(revision: number): Revision | undefined {
    if (revision <= this.#from) this.#readAll()
    return this.#read[revision - this.#from - 1]
  }

  /** Forgets those up to and including `revision`. */
  dropUntil(revision: number): void {
    if (revision < this.#from) this.#readAll()
    this.#unread = undefined
    this.#read = this.#read.slice(Math.max(0, revision - this.#from))
    this.#from = Math.max(this.#from, revision)
  }

  #readAll(): void {
    const stored = this.#unread?.()
    this.#unread = undefined
    if (stored === undefined || stored.length === 0) return
    this.#read = [...stored, ...this.#read]
    this.#from = stored[0]!.revision - 1
  }
}
