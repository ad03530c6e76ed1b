// Processes that were worked out already, so that a script that was followed for a while is not followed again from its start.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Process } from '#images/behaviour.ts'
import { type Answers, horizonOf } from '#images/network-moments.ts'

const MOST_PROCESSES = 128

/** One run of a container. */
export interface CachedRun {
  readonly pod: Pod
  readonly container: string
  readonly restarts: number
  readonly startedAt: number
  readonly answers: Answers | undefined
  /** How many states of volumes are known. */
  readonly states: number
  /** How long it takes if nobody knows better. */
  readonly jobRun: number
}

export class RecentProcesses {
  readonly #processes = new Map<string, { process: Process; readonly horizon: number }>()

  /** All that a process comes of does not change while its pod runs, but for what it was told and how far it is looked at. */
  of(run: CachedRun, work: () => Process): Process {
    const { pod, container, restarts, startedAt, answers, states, jobRun } = run
    const asked = answers?.times ?? 0
    const key = `${pod.metadata.uid}/${container}/${restarts}/${startedAt}/${asked}/${states}/${jobRun}`
    const horizon = horizonOf(answers)
    const known = this.#processes.get(key)
    if (known !== undefined && (known.horizon >= horizon || known.process.further === undefined))
      return known.process
    const process = known?.process.further?.(horizon) ?? work()
    // Most processes cost next to nothing.
    if (isCostly(process)) this.#keep(key, process, horizon)
    return process
  }

  #keep(key: string, process: Process, horizon: number): void {
    this.#processes.delete(key)
    this.#processes.set(key, { process, horizon })
    if (this.#processes.size <= MOST_PROCESSES) return
    const [oldest] = this.#processes.keys()
    this.#processes.delete(oldest!)
  }
}

const isCostly = ({ log, asksAt, ends }: Process): boolean =>
  asksAt !== undefined || ends !== undefined || log.length > 0
