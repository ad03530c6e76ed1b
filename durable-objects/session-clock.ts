/** After the last sign of life a session's clock goes on for so long; then it stands still until somebody comes back. */
export const PRESENCE_MS = 10 * 60_000

/** How far the clock may run ahead of what was stored, in real time. Below PRESENCE_MS, so that it never goes back after an eviction. */
const STORE_EVERY_MS = PRESENCE_MS / 2
/** While it stands, only the last sign of life is stored. */
const STORE_STANDING_MS = 86_400_000

export const SLOWEST = 0.1
export const FASTEST = 100
/** Speeds are counted in hundredths, so that no sum of theirs is ever rounded. */
const PARTS = 100
/** A clock that runs faster than the real one waits at least so long: what happens meanwhile happens in one turn. */
const SHORTEST_WAIT_MS = 20

/** Who counts on by himself does not see less. */
const NOTICED_MS = 500

/** How it goes; what is absent is as usual. */
export interface Pace {
  /** Absent: it runs. */
  readonly isRunning?: boolean
  /** Milliseconds of the session in a real one; absent: one. */
  readonly speed?: number
}

/** What is stored of it. */
export interface ClockState extends Pace {
  readonly session: number
  readonly real: number
}

/**
 * Maps real time to the session's: it runs while somebody is there and stands still otherwise, so that a session looks the same after a
 * year, ages included. It may be paused, run faster or slower, and be set forward; it never goes back, and no change of its pace makes it
 * jump. All times are milliseconds since the epoch.
 */
export class SessionClock {
  #session: number
  #real: number
  /** What has passed beyond `#session`, in hundredths of a millisecond. */
  #rest = 0
  #isRunning: boolean
  #pace: number
  #stored: number
  #isChanged = false

  /** `session` was the session's time when the real one was `real`. */
  constructor(session: number, real: number, { isRunning = true, speed = 1 }: Pace = {}) {
    this.#session = session
    this.#real = real
    this.#isRunning = isRunning
    this.#pace = paceOf(speed)
    this.#stored = real
  }

  /** The session's time at a real time. `isWatched`: somebody has been connected since the last call. */
  advance(real: number, isWatched: boolean): number {
    const elapsed = Math.max(0, real - this.#real)
    this.#real = Math.max(this.#real, real)
    if (!this.#isRunning) return this.#session
    const counted = isWatched ? elapsed : Math.min(elapsed, PRESENCE_MS)
    const parts = counted * this.#pace + this.#rest
    this.#session += Math.floor(parts / PARTS)
    this.#rest = parts % PARTS
    return this.#session
  }

  /**
   * The cluster has come as far as this. Less than was asked for: there was more to do than a turn may take, so time goes slower than it
   * should, and what was missed is not made up for.
   */
  setTo(session: number): void {
    if (session === this.#session) return
    this.#session = session
    this.#rest = 0
    this.#isChanged = true
  }

  /** It stands until it is told to run. */
  pause(): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#rest = 0
    this.#isChanged = true
  }

  /** Runs from here on; without a speed as fast as before. */
  run(speed = this.speed): void {
    const pace = paceOf(speed)
    if (this.#isRunning && pace === this.#pace) return
    this.#isRunning = true
    this.#pace = pace
    this.#rest = 0
    this.#isChanged = true
  }

  get session(): number {
    return this.#session
  }

  get real(): number {
    return this.#real
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Milliseconds of the session in a real one, while it runs. */
  get speed(): number {
    return this.#pace / PARTS
  }

  /** How long it really takes until the session's clock shows `moment`; undefined: it stands. */
  delayUntil(moment: number): number | undefined {
    if (!this.#isRunning) return undefined
    const delay = Math.max(0, ((moment - this.#session) * PARTS - this.#rest) / this.#pace)
    return this.#pace > PARTS ? Math.max(SHORTEST_WAIT_MS, delay) : delay
  }

  /** Whether the time must be stored although nothing else changed. */
  get mustStore(): boolean {
    const every = this.#isRunning ? STORE_EVERY_MS : STORE_STANDING_MS
    return this.#isChanged || this.#real - this.#stored >= every
  }

  /** What to store: the clock that is made of it is never behind this one. */
  get state(): ClockState {
    return {
      session: this.#session,
      real: this.#real - Math.ceil(this.#rest / this.#pace),
      ...(this.#isRunning ? {} : { isRunning: false }),
      ...(this.#pace === PARTS ? {} : { speed: this.speed }),
    }
  }

  /** Whether it goes otherwise than it would have gone from an earlier state, or was set. */
  isChangedSince({ session, real, isRunning = true, speed = 1 }: ClockState): boolean {
    if (isRunning !== this.#isRunning || speed !== this.speed) return true
    const expected = isRunning ? session + (this.#real - real) * speed : session
    return Math.abs(this.#session - expected) > NOTICED_MS * Math.max(1, speed)
  }

  markStored(): void {
    this.#stored = this.#real
    this.#isChanged = false
  }
}

const paceOf = (speed: number): number =>
  Math.round(Math.min(Math.max(speed, SLOWEST), FASTEST) * PARTS)
