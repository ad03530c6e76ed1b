// What objects were before they changed, for proxies that have not heard of the change: their machine is cut off, they have stopped, or
// they have not got round to it. Who looks from a moment on sees every object as it was then. Each change is kept once, however many look.
import { type KubeObject, keyOf } from '#apimachinery/object.ts'
import type { Memory } from '#client/work-queue.ts'

/** Grows whenever something is kept: whoever stops hearing later has a higher one. */
export type Moment = number

interface Entry {
  /** Those who stopped hearing at this moment or before, and after the entry before, see it so. */
  readonly until: Moment
  /** undefined: it was not there. */
  readonly object: KubeObject | undefined
}

const PREFIX = 'kube-proxy/past/'

export const idOf = (resource: string, object: KubeObject): string => `${resource} ${keyOf(object)}`

export class PastObjects {
  readonly #memory: Memory
  /** By id, oldest first. */
  readonly #entries = new Map<string, Entry[]>()

  constructor(memory: Memory) {
    this.#memory = memory
    for (const [key, text] of memory.entries(PREFIX)) {
      const space = key.lastIndexOf(' ')
      const object = (JSON.parse(text) as KubeObject | null) ?? undefined
      const entry = { until: Number(key.slice(space + 1)), object }
      this.#entriesOf(key.slice(PREFIX.length, space)).push(entry)
    }
    for (const entries of this.#entries.values()) entries.sort((a, b) => a.until - b.until)
  }

  /** For somebody who stops hearing now. */
  now(): Moment {
    let latest = 0
    for (const entries of this.#entries.values()) latest = Math.max(latest, entries.at(-1)!.until)
    return latest + 1
  }

  /** Keeps what an object was, if anybody stopped hearing since it last changed; `latest` is when the last one did. */
  keep(id: string, object: KubeObject | undefined, latest: Moment): void {
    const until = this.#entries.get(id)?.at(-1)?.until ?? 0
    if (latest <= until) return
    this.#entriesOf(id).push({ until: latest, object })
    this.#memory.set(keyAt(id, latest), textOf(object))
  }

  /** What whoever stopped hearing at a moment sees instead of what is there, by id. */
  at(moment: Moment): ReadonlyMap<string, KubeObject | undefined> {
    const seen = new Map<string, KubeObject | undefined>()
    for (const id of [...this.#entries.keys()].sort()) {
      const entry = this.#entries.get(id)!.find(({ until }) => until >= moment)
      if (entry !== undefined) seen.set(id, entry.object)
    }
    return seen
  }

  /** Lets go of what nobody sees any more. */
  keepOnly(moments: readonly Moment[]): void {
    for (const [id, entries] of this.#entries) {
      let after = 0
      const seen = entries.filter(({ until }) => {
        const from = after
        after = until
        const isSeen = moments.some((moment) => moment > from && moment <= until)
        if (!isSeen) this.#memory.delete(keyAt(id, until))
        return isSeen
      })
      if (seen.length === 0) this.#entries.delete(id)
      else if (seen.length < entries.length) this.#entries.set(id, seen)
    }
  }

  #entriesOf(id: string): Entry[] {
    let entries = this.#entries.get(id)
    if (entries === undefined) this.#entries.set(id, (entries = []))
    return entries
  }
}

const keyAt = (id: string, until: Moment): string => `${PREFIX}${id} ${until}`

const UNREAD: ReadonlySet<string> = new Set(['managedFields', 'ownerReferences', 'targetRef'])

/** Without what no proxy reads, which is most of a slice. */
const textOf = (object: KubeObject | undefined): string =>
  JSON.stringify(object ?? null, (key, value: unknown) => (UNREAD.has(key) ? undefined : value))
