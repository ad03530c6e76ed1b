import type { Memory } from '#client/work-queue.ts'

/** Doubling pauses per key that survive eviction. kubernetes: client-go util/flowcontrol/backoff.go */
export class BackOff {
  readonly #memory: Memory
  readonly #prefix: string
  readonly #first: number
  readonly #most: number

  constructor(memory: Memory, prefix: string, first: number, most: number) {
    this.#memory = memory
    this.#prefix = prefix
    this.#first = first
    this.#most = most
  }

  /** When the key may go again; undefined if it may now. */
  blockedUntil(key: string, now: number): number | undefined {
    const entry = this.#read(key)
    return entry !== undefined && now < entry.until ? entry.until : undefined
  }

  /** Notes that the key goes now: the next time it waits twice as long, unless it was quiet for long. */
  next(key: string, now: number): void {
    const entry = this.#read(key)
    const isFresh = entry === undefined || now - entry.until > 2 * this.#most
    const pause = isFresh ? this.#first : Math.min(entry.pause * 2, this.#most)
    this.#memory.set(`${this.#prefix}${key}`, `${pause} ${now + pause}`)
  }

  /** Forgets all keys that start with a prefix. */
  forget(prefix: string): void {
    for (const [key] of this.#memory.entries(`${this.#prefix}${prefix}`)) this.#memory.delete(key)
  }

  #read(key: string): { readonly pause: number; readonly until: number } | undefined {
    const [pause, until] = this.#memory.get(`${this.#prefix}${key}`)?.split(' ').map(Number) ?? []
    return pause === undefined || until === undefined ? undefined : { pause, until }
  }
}
