// What is other at one revision than at another.
import type { Cluster } from '#cluster.ts'
import type { Revision } from '#etcd/etcd.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { changedPaths, type ChangedPath } from './changed-paths.ts'
import { subjectOf, type Subject } from './entry.ts'
import { filterOf, type HistoryOptions } from './history-document.ts'
import { badQuery, type HistoryProblem, windowProblem } from './problem.ts'
import { isHidden, withoutChangedValues } from './secrets.ts'

export interface ChangedObject extends Subject {
  readonly changes: readonly ChangedPath[]
  readonly changesAreCut?: true
}

export interface DiffDocument {
  readonly from: number
  readonly to: number
  readonly added: readonly Subject[]
  readonly removed: readonly Subject[]
  readonly changed: readonly ChangedObject[]
  /** How many there are, told or not. */
  readonly counts: { readonly added: number; readonly removed: number; readonly changed: number }
  /** There are more objects than are told. */
  readonly isCut?: true
}

const MOST_OBJECTS = 300
const MOST_CHANGES = 30

interface Ends {
  readonly subject: Subject
  readonly before: KubeObject | undefined
  readonly after: KubeObject | undefined
}

/** What keys held at the ends of a span of writes. */
const endsOf = (writes: readonly Revision[]): readonly Ends[] => {
  const ends = new Map<string, Ends>()
  for (const write of writes) {
    const { resource, namespace, name, object, previous } = write
    const key = `${resource} ${namespace}/${name}`
    const known = ends.get(key)
    const before = known === undefined ? previous : known.before
    ends.set(key, { subject: subjectOf(write), before, after: object })
  }
  return [...ends.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

const isOther = (a: KubeObject, b: KubeObject): boolean => a.metadata.uid !== b.metadata.uid

/** `from` may be the later one: then what came is gone. `withSecrets`: the asker may read Secrets. */
export const diffDocument = (
  cluster: Cluster,
  from: number,
  to: number,
  withSecrets: boolean,
  options: Pick<HistoryOptions, 'resource' | 'namespace' | 'name'> = {},
): DiffDocument | HistoryProblem => {
  const problem = windowProblem(cluster, from) ?? windowProblem(cluster, to)
  if (problem !== undefined) return problem
  const isMeant = filterOf(cluster, options)
  if (typeof isMeant === 'string') return badQuery(cluster, isMeant)
  const [first, last] = from <= to ? [from, to] : [to, from]
  const writes = cluster
    .revisions()
    .filter((write) => write.revision > first && write.revision <= last && isMeant(write))
  const ends = endsOf(writes).map((end) =>
    from <= to ? end : { ...end, before: end.after, after: end.before },
  )
  return { from, to, ...toldOf(ends, withSecrets) }
}

const toldOf = (ends: readonly Ends[], withSecrets: boolean): Omit<DiffDocument, 'from' | 'to'> => {
  const added: Subject[] = []
  const removed: Subject[] = []
  const changed: Ends[] = []
  for (const end of ends) {
    const { subject, before, after } = end
    // one that was deleted and made again is another one
    const isNew = before !== undefined && after !== undefined && isOther(before, after)
    if (after !== undefined && (before === undefined || isNew)) added.push(subject)
    if (before !== undefined && (after === undefined || isNew)) removed.push(subject)
    if (before !== undefined && after !== undefined && !isNew && before !== after) changed.push(end)
  }
  const most = Math.max(added.length, removed.length, changed.length)
  return {
    added: added.slice(0, MOST_OBJECTS),
    removed: removed.slice(0, MOST_OBJECTS),
    changed: changed.slice(0, MOST_OBJECTS).map((end) => changedObject(end, withSecrets)),
    counts: { added: added.length, removed: removed.length, changed: changed.length },
    ...(most > MOST_OBJECTS ? { isCut: true } : {}),
  }
}

const changedObject = ({ subject, before, after }: Ends, withSecrets: boolean): ChangedObject => {
  const { changes, isCut } = changedPaths(before, after, MOST_CHANGES)
  return {
    ...subject,
    changes: isHidden(subject.resource, withSecrets) ? withoutChangedValues(changes) : changes,
    ...(isCut ? { changesAreCut: true } : {}),
  }
}
