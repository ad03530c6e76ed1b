// A snapshot as an object of its own: named by its hash, read-only, there until all who made it have deleted it.
import type { ClusterState } from '../../cluster/cluster.ts'
import type { StoredObject } from '../../cluster/etcd/etcd.ts'
import { objectReader } from '../../cluster/etcd/object-reader.ts'
import type { State } from '../state-source.ts'
import { SnapshotProblem } from './problem.ts'
import type { Dictionary } from './copies.ts'
import { readLinkedSnapshot } from './read-linked-snapshot.ts'
import { readOwnSnapshot, type WholeSnapshot } from './read-snapshot.ts'
import { snapshotHead, snapshotRows } from './state-rows.ts'
import { nextTurn, type WrittenSnapshot, writeSnapshot } from './write-snapshot.ts'

/** Who made a snapshot, and may delete it: with the key of then, or with the session's key of today. */
export interface Maker {
  readonly session: string
  readonly keyHash: string
}

export const snapshotOf = (state: State): Promise<WrittenSnapshot> =>
  writeSnapshot(snapshotHead(state), snapshotRows(state), nextTurn)

/** What a snapshot of this server holds, as a cluster is made of it. Its files are stored beside it. */
export const readKept = (bytes: Uint8Array, id: string, dictionary: Dictionary): ClusterState => {
  const kept = readOwnSnapshot(bytes, dictionary)
  if (kept.id !== id) throw new Error('a snapshot does not hold what its name says')
  const read = objectReader()
  const objects: StoredObject[] = []
  const memory: (readonly [string, string])[] = []
  for (const row of kept.rows)
    if (row.kind === 'memory') memory.push([row.key, row.value])
    else if (row.kind === 'object') {
      const { resource, text } = row
      objects.push({ resource, object: read(resource, text), text })
    }
  const { revision, now, randomPosition } = kept.head
  const etcd = { revision, compactedRevision: revision, objects, history: [] }
  return { etcd, memory, randomPosition, now }
}

/** Why bytes that somebody sent are not made into a session. */
export interface SnapshotRefusal {
  readonly fault: SnapshotProblem['fault']
  readonly problem: string
}

/** Reads what anybody may have written. */
export const readForeign = async (base64url: string): Promise<WholeSnapshot | SnapshotRefusal> => {
  try {
    return await readLinkedSnapshot(base64url)
  } catch (error) {
    if (!(error instanceof SnapshotProblem)) throw error
    return { fault: error.fault, problem: error.message }
  }
}
