/** After the last sign of life a session's clock goes on for so long; then it stands still until somebody comes back. */
export const PRESENCE_MS = 10 * 60_000

/** How far the clock may run ahead of what was stored. Below PRESENCE_MS, so that it never goes back after an eviction. */
const STORE_EVERY_MS = PRESENCE_MS / 2

/**
 * Maps real time to the session's: it runs while somebody is there and stands still otherwise, so that a session looks the same after a
 * year, ages included. All times are milliseconds since the epoch.
 */
export class SessionClock {
  #session: number
  #real: number
  #stored: number

  /** `session` was the session's time when the real one was `real`. */
  constructor(session: number, real: number) {
    this.#session = session
    this.#real = real
    this.#stored = session
  }

  /** The session's time at a real time. `isWatched`: somebody has been connected since the last call. */
  advance(real: number, isWatched: boolean): number {
    const elapsed = Math.max(0, real - this.#real)
    this.#session += isWatched ? elapsed : Math.min(elapsed, PRESENCE_MS)
    this.#real = Math.max(this.#real, real)
    return this.#session
  }

  get session(): number {
    return this.#session
  }

  get real(): number {
    return this.#real
  }

  /** Whether the time must be stored although nothing else changed. */
  get mustStore(): boolean {
    return this.#session - this.#stored >= STORE_EVERY_MS
  }

  markStored(): void {
    this.#stored = this.#session
  }
}
