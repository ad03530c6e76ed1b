import { Cluster, type Changes, type ClusterOptions, type ClusterState } from '#cluster.ts'
import type { Rest } from '#cluster-state.ts'
import type { MemoryPast } from '#cluster-memory.ts'
import { stateOfRows, type StoredRow } from '#etcd/stored-rows.ts'

/**
 * A cluster beside what a session would have stored of it: a row of JSON for each revision, what components keep, the position of
 * chance and the time. It can be thrown away and made again from that at any moment between two turns.
 */
export class StoredCluster {
  readonly #options: ClusterOptions
  readonly #rows: StoredRow[] = []
  readonly #memory = new Map<string, string>()
  readonly #memoryPast: MemoryPast[] = []
  #moment: { readonly randomPosition: number; readonly now: number } | undefined
  #rest: Rest = {}
  #cluster: Cluster

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#cluster = new Cluster(options)
  }

  get cluster(): Cluster {
    return this.#cluster
  }

  /** Stores what changed since the last call, as the session does before it answers. */
  save(): Changes {
    const changes = this.#cluster.takeChanges()
    for (const write of changes.revisions) {
      const { revision, resource, namespace, name, at, by, cause, random } = write
      const text = this.#cluster.storedText(write)
      const origin = () => ({ at, by, cause, random })
      this.#rows.push({ revision, resource, namespace, name, text, origin })
    }
    for (const [key, value] of changes.memory)
      if (value === undefined) this.#memory.delete(key)
      else this.#memory.set(key, value)
    this.#memoryPast.push(...changes.memoryPast)
    this.#moment = { randomPosition: changes.randomPosition, now: changes.now }
    this.#rest = changes.rest
    return changes
  }

  /** Throws the cluster away and makes it again from what was stored. `isIdle`: its components look at it when they must. */
  rebuild(isIdle = false): void {
    if (this.#moment === undefined) throw new Error('nothing was stored yet')
    const state = { ...this.#load(this.#moment), ...(isIdle ? { rest: this.#rest } : {}) }
    this.#cluster = new Cluster({ ...this.#options, state })
  }

  #load(moment: { readonly randomPosition: number; readonly now: number }): ClusterState {
    return {
      etcd: stateOfRows(this.#rows, 0),
      memory: [...this.#memory].sort(([a], [b]) => (a < b ? -1 : 1)),
      memoryPast: [...this.#memoryPast],
      ...moment,
    }
  }
}
