// A cluster that somebody brings along in a link.
import { Cluster } from '../../cluster/cluster.ts'
import type { StoredObject } from '../../cluster/etcd/etcd.ts'
import { objectReader } from '../../cluster/etcd/object-reader.ts'
import { settingsOf } from '../../cluster/settings.ts'
import type { SnapshotHead, SnapshotRow } from './canonical.ts'
import { LINK_LIMITS } from './limits.ts'
import { damaged, notACluster } from './problem.ts'
import { readWholeSnapshot, type WholeSnapshot } from './read-snapshot.ts'
import type { Pause } from './write-snapshot.ts'

/** Reads it, looks at everything, and starts the cluster for a trial. Throws a SnapshotProblem. */
export const readLinkedSnapshot = async (
  base64url: string,
  pause?: Pause,
): Promise<WholeSnapshot> => {
  if (!/^[\w-]*$/.test(base64url)) throw damaged('it is not base64url')
  const snapshot = await readWholeSnapshot(Buffer.from(base64url, 'base64url'), {
    limits: LINK_LIMITS,
    writtenBy: 'anybody',
    ...(pause === undefined ? {} : { pause }),
  })
  tryOut(snapshot.head, snapshot.rows)
  return snapshot
}

/** Only a component knows whether it understands what is kept for it. */
const tryOut = (head: SnapshotHead, rows: readonly SnapshotRow[]): void => {
  const { settings, seed, bornAt, now, randomPosition, revision } = head
  const read = objectReader()
  const objects: StoredObject[] = []
  const memory: (readonly [string, string])[] = []
  for (const row of rows)
    if (row.kind === 'object')
      objects.push({ resource: row.resource, object: read(row.resource, row.text), text: row.text })
    else if (row.kind === 'memory') memory.push([row.key, row.value])
  const etcd = { revision, compactedRevision: revision, objects, history: [] }
  const state = { etcd, memory, randomPosition, now }
  try {
    const cluster = new Cluster({ seed, settings: settingsOf(settings), createdAt: bornAt, state })
    cluster.world(true)
  } catch {
    throw notACluster('it cannot be started')
  }
}
