import { signal } from '@preact/signals'
import { type Access, call } from './api.ts'

/** What the session says of its clock. */
export interface ClockMessage {
  readonly running: boolean
  readonly speed: number
  readonly now: string
}

/** What it answers to whoever does something with it. */
export interface ClockAnswer extends ClockMessage {
  readonly reached: boolean
  readonly why: string
  readonly revision: number
  readonly count: number
}

export type ClockCall =
  | { readonly pause: true }
  | { readonly run: true; readonly speed?: number }
  | { readonly step: true }
  | { readonly advance: string }

const TICK_MS = 250
/** A span with much to do in it is gone through in so many calls at most. */
const MOST_CALLS = 20

/** The session's clock: it says when it changes, and goes on by itself in between. */
export class Clock {
  readonly pace = signal<Pick<ClockMessage, 'running' | 'speed'> | undefined>(undefined)
  /** The session's time in milliseconds; undefined until it is known. */
  readonly now = signal<number | undefined>(undefined)
  #session = 0
  #heardAt = 0
  #isHeard = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    document.addEventListener('visibilitychange', () => this.#tick())
  }

  hear({ running, speed, now }: ClockMessage): void {
    this.#session = Date.parse(now)
    this.#heardAt = performance.now()
    this.now.value = this.#session
    const known = this.pace.peek()
    if (known?.running !== running || known.speed !== speed) this.pace.value = { running, speed }
    this.#isHeard = true
    this.#tick()
  }

  /** Nobody says what time it is any more: it stands where it was last seen. */
  stop(): void {
    this.#isHeard = false
  }

  /** Throws if the session does not do it. */
  async ask(access: Access, wanted: ClockCall): Promise<ClockAnswer> {
    const answer = await call<ClockAnswer>(access, '/clock', { method: 'POST', body: wanted })
    this.hear(answer)
    return answer
  }

  /** Goes on by a span, in as many calls as it takes. */
  async advance(access: Access, milliseconds: number): Promise<ClockAnswer> {
    const { now } = await call<ClockMessage>(access, '/clock')
    const end = Date.parse(now) + milliseconds
    let answer = await this.ask(access, { advance: `${milliseconds}ms` })
    for (let calls = 1; !answer.reached && calls < MOST_CALLS; calls++) {
      const left = end - Date.parse(answer.now)
      if (left <= 0) break
      const { count } = answer
      answer = await this.ask(access, { advance: `${left}ms` })
      answer = { ...answer, count: answer.count + count }
    }
    return answer
  }

  #tick(): void {
    clearTimeout(this.#timer)
    const pace = this.pace.peek()
    if (pace?.running !== true || !this.#isHeard || document.hidden) return
    this.now.value = this.#session + (performance.now() - this.#heardAt) * pace.speed
    this.#timer = setTimeout(() => this.#tick(), TICK_MS)
  }
}
