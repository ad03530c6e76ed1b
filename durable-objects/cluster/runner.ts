import type { Component } from '#client/component.ts'
import type { Rest } from '#cluster-state.ts'
import type { Origin } from '#apimachinery/origin.ts'
import { StatusError } from '#apimachinery/status-error.ts'

/** A defect that a component ran into; it is shown, not swallowed. */
export interface Fault {
  readonly component: string
  readonly key: string
  readonly message: string
}

// One key of one component may run so often within one settle: more is a live-lock between two parts.
const MAX_RUNS_OF_A_KEY = 1000
const LIVE_LOCK_PAUSE_MS = 60_000
const MAX_FAULTS = 100
/** Their moments follow from the session's delays. */
const DELAYED: ReadonlySet<string> = new Set(['kubelet-pod-worker', 'service-lb-controller'])

/** How often each key ran within one settle. */
type Runs = Map<Component, Map<string, number>>

/**
 * Runs the components until nothing is left to do at this instant. Each is drained to the end before the next begins, so that a
 * thousand changes upstream are one sync downstream. The order is fixed: same state, same result.
 */
export class Runner {
  readonly #components: readonly Component[]
  readonly #origin: Origin
  readonly #nameOf: (component: Component) => string
  readonly #faults: Fault[] = []
  #runs = 0
  #isStopped = false

  /** `nameOf` says as whom a component writes. */
  constructor(
    components: readonly Component[],
    origin: Origin,
    nameOf: (component: Component) => string,
  ) {
    this.#components = components
    this.#origin = origin
    this.#nameOf = nameOf
  }

  get faults(): readonly Fault[] {
    return this.#faults
  }

  /** How often components ran, what takes long several times: a measure of work that is the same everywhere. */
  get runs(): number {
    return this.#runs
  }

  /** Lets the components look at everything: what a cluster does when it was made from its store. */
  begin(rest?: Rest): void {
    const { by, cause } = this.#origin
    this.#resync(rest)
    this.settle()
    this.#origin.by = by
    this.#origin.cause = cause
  }

  /** Nobody runs any more, whatever is queued. */
  stop(): void {
    this.#isStopped = true
  }

  settle(): void {
    if (this.#isStopped) return
    const runs: Runs = new Map()
    for (let index = 0; index < this.#components.length;) {
      const component = this.#components[index]!
      if (component.queue.isEmpty) {
        index++
        continue
      }
      this.#drain(component, runs)
      // whatever it did may concern those before it
      index = 0
    }
    // what is queued from here on is not queued because of what ran last
    this.#origin.cause = undefined
  }

  promote(now: number): void {
    for (const { queue } of this.#components) queue.promote(now)
  }

  /** Lets those whom delays concern look at once at all that they wait for. */
  reconsiderDelays(): void {
    for (const { name, queue } of this.#components) if (DELAYED.has(name)) queue.promote(Infinity)
  }

  nextDeadline(): number | undefined {
    if (this.#isStopped) return undefined
    let earliest: number | undefined
    for (const { queue } of this.#components) {
      const deadline = queue.nextDeadline()
      if (deadline !== undefined && (earliest === undefined || deadline < earliest))
        earliest = deadline
    }
    return earliest
  }

  /** What is left to do after the queues were drained. */
  rest(): Rest {
    const until = this.nextDeadline()
    if (until === undefined) return {}
    const isBusy = ({ queue }: Component): boolean => queue.nextDeadline() !== undefined
    return { until, busy: this.#components.filter(isBusy).map(({ name }) => name) }
  }

  /** Queues everything. Keys that failed wait on. */
  #resync(rest: Rest | undefined): void {
    this.#origin.cause = undefined
    for (const component of this.#components) {
      component.resync(rest !== undefined && rest.busy?.includes(component.name) !== true)
      component.queue.deferFailed()
    }
  }

  #drain(component: Component, runs: Runs): void {
    let counts = runs.get(component)
    if (counts === undefined) runs.set(component, (counts = new Map()))
    this.#origin.by = this.#nameOf(component)
    for (let key = component.queue.take(); key !== undefined; key = component.queue.take()) {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      if (count > MAX_RUNS_OF_A_KEY) {
        this.#report(component, key, `did not come to rest after ${MAX_RUNS_OF_A_KEY} runs`)
        component.queue.addAfter(key, LIVE_LOCK_PAUSE_MS)
        continue
      }
      this.#run(component, key)
    }
  }

  #run(component: Component, key: string): void {
    this.#runs++
    try {
      component.sync(key)
      this.#runs += component.queue.takeSpent()
      component.queue.forget(key)
    } catch (error) {
      component.queue.retry(key)
      // a refusal by the API server is life; anything else is a defect
      if (!(error instanceof StatusError))
        this.#report(
          component,
          key,
          error instanceof Error ? (error.stack ?? error.message) : String(error),
        )
    }
  }

  #report(component: Component, key: string, message: string): void {
    if (this.#faults.length < MAX_FAULTS)
      this.#faults.push({ component: component.name, key, message })
  }
}
