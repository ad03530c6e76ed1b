// What happened, revision by revision.
import type { Cluster } from '#cluster.ts'
import type { Revision } from '#etcd/etcd.ts'
import { findResource } from '#time/find-object.ts'
import { entryOf, type RevisionEntry } from './entry.ts'
import { badQuery, compacted, type HistoryProblem, notYet, readRevision } from './problem.ts'

export interface HistoryDocument {
  /** The oldest and the newest revision whose state can be shown. */
  readonly oldest: number
  readonly newest: number
  /** Oldest first. */
  readonly revisions: readonly RevisionEntry[]
  /** There is more: ask again with this as `after`. */
  readonly next?: number
}

export interface HistoryOptions {
  /** What was written after this revision; without it the last ones are told. */
  readonly after?: number
  readonly limit?: number
  /** `pods`, `deploy`, `deployments.apps` */
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
}

const LIMIT = 100
const MOST = 1000

/** What stands in the query of an address. */
export const readHistoryQuery = (
  cluster: Cluster,
  query: Readonly<Record<string, string>>,
): HistoryOptions | HistoryProblem => {
  const read = (name: string): string | undefined =>
    Object.hasOwn(query, name) ? query[name] : undefined
  const [after, limit] = [read('after'), read('limit')]
  const from = after === undefined ? undefined : readRevision(cluster, after, 'after')
  if (typeof from === 'object') return from
  if (limit !== undefined && !/^[1-9]\d{0,3}$/.test(limit))
    return badQuery(cluster, `limit: write how many revisions are wanted, from 1 to ${MOST}`)
  const texts = ['resource', 'namespace', 'name'].flatMap((name) => {
    const text = read(name)
    return text === undefined ? [] : [[name, text] as const]
  })
  return {
    ...(from === undefined ? {} : { after: from }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...Object.fromEntries(texts),
  }
}

/** Whether a revision is of those that are asked for. The text: why that cannot be said. */
export const filterOf = (
  cluster: Cluster,
  { resource, namespace, name }: HistoryOptions,
): ((revision: Revision) => boolean) | string => {
  const found = resource === undefined ? undefined : findResource(cluster.served(), resource)
  if (resource !== undefined && found === undefined)
    return `resource: the cluster has no resource type ${JSON.stringify(resource.slice(0, 100))}; write one of kubectl api-resources, for example pods`
  return (revision) =>
    (found === undefined || revision.resource === found.name) &&
    (namespace === undefined || revision.namespace === namespace) &&
    (name === undefined || revision.name === name)
}

export const historyDocument = (
  cluster: Cluster,
  options: HistoryOptions = {},
): HistoryDocument | HistoryProblem => {
  const { after, limit = LIMIT } = options
  const { oldest, revision: newest } = cluster
  if (after !== undefined && after > newest) return notYet(cluster, after)
  // whoever has seen all up to the one before the oldest misses nothing
  if (after !== undefined && after < oldest - 1) return compacted(cluster, after)
  const isMeant = filterOf(cluster, options)
  if (typeof isMeant === 'string') return badQuery(cluster, isMeant)
  const all = cluster.revisions().filter((entry) => entry.revision > (after ?? 0) && isMeant(entry))
  const most = Math.min(Math.max(1, limit), MOST)
  const told = after === undefined ? all.slice(-most) : all.slice(0, most)
  return {
    oldest,
    newest,
    revisions: told.map(entryOf),
    ...(after === undefined || told.length === all.length ? {} : { next: told.at(-1)!.revision }),
  }
}
