import { Cluster, type Changes, type ClusterOptions, type ClusterState } from '#cluster.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Revision } from '#etcd/etcd.ts'

interface Row {
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly object: string | undefined
}

/**
 * A cluster beside what a session would have stored of it: a row of JSON for each revision, what components keep, the position of
 * chance and the time. It can be thrown away and made again from that at any moment between two turns.
 */
export class StoredCluster {
  readonly #options: ClusterOptions
  readonly #rows = new Map<number, Row>()
  readonly #memory = new Map<string, string>()
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
    for (const { revision, resource, namespace, name, object } of changes.revisions)
      this.#rows.set(revision, {
        resource,
        namespace,
        name,
        object: object === undefined ? undefined : JSON.stringify(object),
      })
    for (const [key, value] of changes.memory)
      if (value === undefined) this.#memory.delete(key)
      else this.#memory.set(key, value)
    this.#moment = { randomPosition: changes.randomPosition, now: changes.now }
    return changes
  }

  /** Throws the cluster away and makes it again from what was stored. */
  rebuild(): void {
    if (this.#moment === undefined) throw new Error('nothing was stored yet')
    this.#cluster = new Cluster({ ...this.#options, state: this.#load(this.#moment) })
  }

  #load(moment: { readonly randomPosition: number; readonly now: number }): ClusterState {
    const objects = new Map<string, { resource: string; object: KubeObject }>()
    const history: Revision[] = []
    for (const [revision, { resource, namespace, name, object: text }] of this.#rows) {
      const key = `${resource}/${namespace}/${name}`
      const previous = objects.get(key)?.object
      const object = text === undefined ? undefined : (JSON.parse(text) as KubeObject)
      // a row that was replaced may have been dropped: the order of what is left is that of the last writes
      objects.delete(key)
      if (object !== undefined) objects.set(key, { resource, object })
      history.push({ revision, resource, namespace, name, object, previous })
    }
    return {
      etcd: {
        revision: Math.max(0, ...this.#rows.keys()),
        compactedRevision: 0,
        objects: [...objects.values()],
        history,
      },
      memory: [...this.#memory].sort(([a], [b]) => (a < b ? -1 : 1)),
      ...moment,
    }
  }
}
