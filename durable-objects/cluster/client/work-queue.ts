import { newOrigin, type Cause, type Origin } from '#apimachinery/origin.ts'
import { type Appointment, Schedule } from '#client/schedule.ts'

/** Where a component keeps what a real process would keep in memory and what no object holds. Survives eviction. */
export interface Memory {
  get(key: string): string | undefined
  set(key: string, value: string): void
  delete(key: string): void
  /** All entries whose key starts with `prefix`, sorted by key. */
  entries(prefix: string): readonly (readonly [string, string])[]
}

const BASE_BACKOFF_MS = 5
const MAX_BACKOFF_MS = 1_000_000

/**
 * Keys that wait for their component: some now, some at a moment. A key is never queued twice. With each stands why it waits: the
 * revision that was being told, or what the one who queued it ran for.
 * kubernetes: client-go util/workqueue (typed rate limiting queue), without the goroutines.
 */
export class WorkQueue {
  readonly #name: string
  readonly #now: () => number
  readonly #memory: Memory
  readonly #origin: Origin
  readonly #ready = new Map<string, Cause | undefined>()
  readonly #deadlines = new Map<string, Appointment>()
  readonly #schedule = new Schedule()
  #spent = 0

  constructor(name: string, now: () => number, memory: Memory, origin: Origin = newOrigin()) {
    this.#name = name
    this.#now = now
    this.#memory = memory
    this.#origin = origin
  }

  add(key: string): void {
    const { cause, isTelling } = this.#origin
    // the last revision counts; what somebody wants beside it is no news for a key that waits
    if (isTelling || !this.#ready.has(key)) this.#ready.set(key, cause)
  }

  /** Queues the key at a moment (ms since the epoch); the earliest wins. A moment that has come queues it now. */
  addAt(key: string, time: number): void {
    if (time <= this.#now()) {
      this.add(key)
      return
    }
    const current = this.#deadlines.get(key)
    if (current !== undefined && current.time <= time) return
    const appointment = { time, key, cause: this.#origin.cause }
    this.#deadlines.set(key, appointment)
    this.#schedule.push(appointment)
  }

  /** Takes back the moment that `addAt` set: what was to be done then need not be done. */
  cancel(key: string): void {
    this.#deadlines.delete(key)
  }

  /** What the key stands for is gone: neither its moment nor its failures matter any more. */
  drop(key: string): void {
    this.#deadlines.delete(key)
    this.forget(key)
  }

  addAfter(key: string, milliseconds: number): void {
    this.addAt(key, this.#now() + milliseconds)
  }

  /** Queues again after a failure: 5 ms, 10 ms, ... 1000 s. How often it failed is remembered across eviction. */
  retry(key: string): void {
    const id = this.#failureKey(key)
    const failures = Number(this.#memory.get(id)?.split(' ')[0] ?? 0) + 1
    this.addAfter(key, Math.min(BASE_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS))
    // what was asked for before it failed may come first
    this.#memory.set(id, `${failures} ${this.#deadlines.get(key)!.time}`)
  }

  /** The key went well: its failures are forgotten. */
  forget(key: string): void {
    if (this.#memory.get(this.#failureKey(key)) !== undefined)
      this.#memory.delete(this.#failureKey(key))
  }

  /** When a failed key is due again, if it failed. After waking up, failed keys wait on instead of being tried at once. */
  retryDueAt(key: string): number | undefined {
    const entry = this.#memory.get(this.#failureKey(key))
    return entry === undefined ? undefined : Number(entry.split(' ')[1])
  }

  /** Lets the keys that failed before wait until their retry is due, whether they are ready or not: called after waking up. */
  deferFailed(): void {
    const prefix = this.#failureKey('')
    for (const [id] of this.#memory.entries(prefix)) {
      const key = id.slice(prefix.length)
      this.#ready.delete(key)
      this.addAt(key, this.retryDueAt(key)!)
    }
  }

  /**
   * Takes the next key that is due, or undefined. Its moment is taken back: whoever works on the key says again when it is due next, so
   * that the moments that stand follow from what is stored.
   */
  take(): string | undefined {
    for (const [key, cause] of this.#ready) {
      this.#ready.delete(key)
      this.#deadlines.delete(key)
      this.#origin.cause = cause
      return key
    }
    return undefined
  }

  /** Why things are queued and done now. From `take` on it is why the key was queued. */
  get cause(): Cause | undefined {
    return this.#origin.cause
  }

  /** For those who put something else in the place of what they took. */
  set cause(cause: Cause | undefined) {
    this.#origin.cause = cause
  }

  /** The key that was taken last is as much work as so many more. */
  spend(runs: number): void {
    this.#spent += runs
  }

  /** What was spent since the last call. */
  takeSpent(): number {
    const spent = this.#spent
    this.#spent = 0
    return spent
  }

  get isEmpty(): boolean {
    return this.#ready.size === 0
  }

  /** Moves keys whose moment has come to the ready ones, by moment, then by key. */
  promote(now: number): void {
    for (
      let next = this.#schedule.peek();
      next !== undefined && next.time <= now;
      next = this.#schedule.peek()
    ) {
      this.#schedule.pop()
      const { key, time, cause } = next
      if (this.#deadlines.get(key) !== next) continue // an earlier moment took its place
      this.#deadlines.delete(key)
      if (cause !== undefined) this.#ready.set(key, { revision: cause.revision, due: time })
      else if (!this.#ready.has(key)) this.#ready.set(key, undefined)
    }
  }

  /** The earliest moment at which something is due, or undefined. */
  nextDeadline(): number | undefined {
    for (let next = this.#schedule.peek(); next !== undefined; next = this.#schedule.peek()) {
      if (this.#deadlines.get(next.key) === next) return next.time
      this.#schedule.pop()
    }
    return undefined
  }

  #failureKey(key: string): string {
    return `queue/${this.#name}/${key}`
  }
}
