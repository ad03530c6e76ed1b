// What has happened, short enough to be told at once.
import { formatMilliTime } from '#apimachinery/time.ts'
import type { Cluster } from '#cluster.ts'
import type { Revision } from '#etcd/etcd.ts'

export interface Happening {
  readonly revision: number
  readonly at: string
  /** `component:replicaset-controller` or `client:kubernetes-admin:kubectl` */
  readonly by: string
  readonly what: 'created' | 'changed' | 'deleted'
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface Happened {
  /** How many writes there were... */
  readonly count: number
  /** ... and the last of them. */
  readonly happened: readonly Happening[]
}

const MOST_TOLD = 100

const whatOf = ({ object, previous }: Revision): Happening['what'] => {
  if (object === undefined) return 'deleted'
  return previous === undefined ? 'created' : 'changed'
}

/** What was written after `revision` in this turn. */
export const happenedSince = (cluster: Cluster, revision: number): Happened => {
  const written = cluster.writtenAfter(revision)
  const told = written.slice(-MOST_TOLD)
  const kinds = new Map<string, string>()
  if (told.length > 0) for (const { name, kind } of cluster.served()) kinds.set(name, kind)
  const happened = told.map((entry): Happening => {
    const { revision: number, at, by, resource, namespace, name } = entry
    return {
      revision: number,
      at: formatMilliTime(at),
      by,
      what: whatOf(entry),
      kind: kinds.get(resource) ?? resource,
      ...(namespace === '' ? {} : { namespace }),
      name,
    }
  })
  return { count: written.length, happened }
}
