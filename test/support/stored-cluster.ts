import { Cluster, type Changes, type ClusterOptions, type ClusterState } from '#cluster.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { MemoryPast } from '#cluster-memory.ts'
import type { Revision } from '#etcd/etcd.ts'
import { objectReader } from '#etcd/object-reader.ts'

interface Row {
  /** The revision as it was read back; its objects are frozen. */
  readonly revision: Revision
  /** What its key held from then on. */
  readonly text: string | undefined
}

/**
 * A cluster beside what a session would have stored of it: a row of JSON for each revision, what components keep, the position of
 * chance and the time. It can be thrown away and made again from that at any moment between two turns.
 */
export class StoredCluster {
  readonly #options: ClusterOptions
  readonly #rows: Row[] = []
  readonly #newest = new Map<string, Row>()
  readonly #memory = new Map<string, string>()
  readonly #memoryPast: MemoryPast[] = []
  #moment: { readonly randomPosition: number; readonly now: number } | undefined
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
    for (const revision of changes.revisions)
      this.#append(revision, this.#cluster.storedText(revision))
    for (const [key, value] of changes.memory)
      if (value === undefined) this.#memory.delete(key)
      else this.#memory.set(key, value)
    this.#memoryPast.push(...changes.memoryPast)
    this.#moment = { randomPosition: changes.randomPosition, now: changes.now }
    return changes
  }

  /** Throws the cluster away and makes it again from what was stored. */
  rebuild(): void {
    if (this.#moment === undefined) throw new Error('nothing was stored yet')
    this.#cluster = new Cluster({ ...this.#options, state: this.#load(this.#moment) })
  }

  #append({ object: _object, ...revision }: Revision, text: string | undefined): void {
    const key = `${revision.resource}/${revision.namespace}/${revision.name}`
    const previous = this.#newest.get(key)?.revision.object
    const row = { revision: { ...revision, previous, object: parsed(text) }, text }
    this.#rows.push(row)
    // a row that was replaced may have been dropped: the order of what is left is that of the last writes
    this.#newest.delete(key)
    if (text !== undefined) this.#newest.set(key, row)
  }

  #load(moment: { readonly randomPosition: number; readonly now: number }): ClusterState {
    const read = objectReader()
    const objects = [...this.#newest.values()].map(({ revision, text }) => ({
      resource: revision.resource,
      object: read(revision.resource, text!),
      text: text!,
    }))
    return {
      etcd: {
        revision: this.#rows.at(-1)?.revision.revision ?? 0,
        compactedRevision: 0,
        objects,
        history: this.#rows.map(({ revision }) => revision),
      },
      memory: [...this.#memory].sort(([a], [b]) => (a < b ? -1 : 1)),
      memoryPast: [...this.#memoryPast],
      ...moment,
    }
  }
}

const parsed = (text: string | undefined): KubeObject | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as KubeObject)
