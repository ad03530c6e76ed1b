// Programs may call programs that call programs. What one request leads to is bounded, so that a circle of them ends as it does in
// reality: with somebody who waits no longer.

/** A program that is called by a program that is called by … */
const DEEPEST = 8
/** All calls and questions that one request leads to. */
const MOST_CALLS = 64

export class CallLimits {
  #depth = 0
  #calls = 0

  /** Answers a request from outside with all the calls that it may lead to. A call of a program goes on with what is left. */
  answer<T>(run: () => T): T {
    if (this.#depth === 0) this.#calls = 0
    return run()
  }

  /** Whether one more call may be made. */
  take(): boolean {
    return this.#calls < MOST_CALLS && ++this.#calls > 0
  }

  /** Makes a call that may lead to others; undefined: it may not be made. */
  enter<T>(run: () => T): T | undefined {
    if (this.#depth >= DEEPEST || !this.take()) return undefined
    this.#depth++
    try {
      return run()
    } finally {
      this.#depth--
    }
  }
}
