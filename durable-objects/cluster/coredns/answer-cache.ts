// What one CoreDNS process remembers of its answers. Nothing ticks: an answer whose time is over is not found any more.
import { withLifetime } from '#coredns/plugins/cache.ts'
import type { DnsMessage, Question } from '#net/dns-message.ts'

/** differs: CoreDNS keeps 9,984 of either kind, and chance says what has to go; here it is what was kept first. */
const LIMIT = 100

interface Kept {
  readonly message: DnsMessage
  readonly seconds: number
  /** When it was kept, in milliseconds. */
  readonly at: number
}

export type AnswerCacheState = readonly Kept[]

export class AnswerCache {
  /** What was kept first stands first. */
  readonly #kept: Map<string, Kept>
  #isChanged = false

  constructor(state: AnswerCacheState = []) {
    this.#kept = new Map(state.map((kept) => [keyOf(kept.message.question), kept]))
  }

  /** Something was kept since it was made, or since its state was asked for. */
  get isChanged(): boolean {
    return this.#isChanged
  }

  /** The answer with the lifetime that it has left. */
  find(
    question: Question,
    now: number,
  ): { readonly message: DnsMessage; readonly secondsLeft: number } | undefined {
    const kept = this.#kept.get(keyOf(question))
    if (kept === undefined) return undefined
    const secondsLeft = leftOf(kept, now)
    if (secondsLeft <= 0) return undefined
    return { message: { ...withLifetime(kept.message, secondsLeft), question }, secondsLeft }
  }

  keep(message: DnsMessage, seconds: number, now: number): void {
    const key = keyOf(message.question)
    // here, not when its state is asked for: what is known must not hang on when that is
    for (const [other, kept] of this.#kept) if (leftOf(kept, now) <= 0) this.#kept.delete(other)
    this.#kept.delete(key)
    this.#kept.set(key, { message, seconds, at: now })
    this.#isChanged = true
    if (this.#kept.size <= LIMIT) return
    const [first] = this.#kept.keys()
    this.#kept.delete(first!)
  }

  /** The same again: what is kept in one is not found in the other. */
  copy(): AnswerCache {
    return new AnswerCache([...this.#kept.values()])
  }

  toState(): AnswerCacheState {
    this.#isChanged = false
    return [...this.#kept.values()]
  }
}

const keyOf = ({ name, type }: Question): string => `${type} ${name.toLowerCase()}`

/** coredns: plugin/cache/item.go ttl */
const leftOf = ({ seconds, at }: Kept, now: number): number =>
  seconds - Math.floor((now - at) / 1000)
