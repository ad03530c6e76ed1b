// A proxy does not write its tables the moment something changes: the change has to reach it, and it does not write more often than its
// `minSyncPeriod` allows. Here all proxies that run have a change `proxySync` after it was made, together with whatever changed since.
// So there is never more than one sync in that time, as upstream's BoundedFrequencyRunner has it, and nothing need be remembered while
// nothing changes. Upstream writes the first change of a burst at once; here even that takes its time, so that one can see the gap.
// kubernetes: pkg/proxy/runner/bounded_frequency_runner.go
import type { ComponentContext } from '#client/component.ts'
import type { Moment } from './past-objects.ts'

const KEY = 'kube-proxy/pending'

interface Pending {
  /** Milliseconds since the epoch: when the tables are written. */
  readonly due: number
  /** Since when the proxies have heard of nothing. */
  readonly since: Moment
}

export class SyncDelay {
  readonly #context: ComponentContext
  #pending: Pending | undefined

  constructor(context: ComponentContext) {
    this.#context = context
    const [due, since] = context.memory.get(KEY)?.split(' ').map(Number) ?? []
    if (due !== undefined && since !== undefined) this.#pending = { due, since }
  }

  get pending(): Pending | undefined {
    return this.#pending
  }

  /** Something changed. `now` is the moment of those who hear nothing from now on. */
  start(now: () => Moment): void {
    const { client, memory, settings } = this.#context
    const { proxySync } = settings.delays
    if (this.#pending !== undefined || proxySync === 0) return
    this.#pending = { due: client.now() + proxySync, since: now() }
    memory.set(KEY, `${this.#pending.due} ${this.#pending.since}`)
  }

  /** The tables are written. */
  end(): void {
    this.#pending = undefined
    this.#context.memory.delete(KEY)
  }
}
