// A cluster's state as rows of a snapshot, and back.
import type { ClusterState } from '../../cluster/cluster.ts'
import type { StoredObject } from '../../cluster/etcd/etcd.ts'
import { objectReader } from '../../cluster/etcd/object-reader.ts'
import { objectJson } from '../../cluster/kube-apiserver/endpoints/serialize.ts'
import { sharedResources } from '../../cluster/kube-apiserver/resources.ts'
import type { StoredFile } from '../../workstation/home.ts'
import { compareRows, type ObjectRow, type SnapshotHead, type SnapshotRow } from './canonical.ts'

const ROWS_AT_ONCE = 250

/** As it is stored: a custom object is kept as it is, whatever is shown of it. */
const storedJson = ({ resource, object, text }: StoredObject): string =>
  text ??
  (sharedResources().named(resource) === undefined ? JSON.stringify(object) : objectJson(object))

const objectRow = (stored: StoredObject): ObjectRow => ({
  kind: 'object',
  resource: stored.resource,
  namespace: stored.object.metadata.namespace ?? '',
  name: stored.object.metadata.name ?? '',
  text: storedJson(stored),
})

/** What components keep and the learner's files: all of it, in order. */
export const otherRows = (
  memory: ClusterState['memory'],
  files: readonly StoredFile[] | undefined,
): readonly SnapshotRow[] =>
  [
    ...memory.map(([key, value]) => ({ kind: 'memory', key, value }) as const),
    ...(files ?? []).map((file) => ({ kind: 'file', file }) as const),
  ].sort(compareRows)

/** All rows of a state, some hundred at once: texts are made when they are asked for. */
export function* rowsOf(
  state: ClusterState,
  files: readonly StoredFile[] | undefined,
): Generator<readonly SnapshotRow[], void> {
  const objects = state.etcd.objects.toSorted(compareStored)
  for (let start = 0; start < objects.length; start += ROWS_AT_ONCE)
    yield objects.slice(start, start + ROWS_AT_ONCE).map(objectRow)
  const others = otherRows(state.memory, files)
  for (let start = 0; start < others.length; start += ROWS_AT_ONCE)
    yield others.slice(start, start + ROWS_AT_ONCE)
}

const compareStored = (a: StoredObject, b: StoredObject): number => {
  const [first, second] = [placeOf(a), placeOf(b)]
  for (const [index, step] of first.entries())
    if (step !== second[index]) return step < second[index]! ? -1 : 1
  return 0
}

const placeOf = ({ resource, object: { metadata } }: StoredObject): readonly string[] => [
  resource,
  metadata.namespace ?? '',
  metadata.name ?? '',
]

export interface SnapshotState {
  readonly state: ClusterState
  /** undefined: none were ever stored. */
  readonly files: readonly StoredFile[] | undefined
}

/** The state that rows are of: of its history only the present is left. */
export const stateOf = (head: SnapshotHead, rows: Iterable<SnapshotRow>): SnapshotState => {
  const { revision, randomPosition, now, hasHome } = head
  const read = objectReader()
  const objects: StoredObject[] = []
  const memory: (readonly [string, string])[] = []
  const files: StoredFile[] = []
  for (const row of rows)
    if (row.kind === 'memory') memory.push([row.key, row.value])
    else if (row.kind === 'file') files.push(row.file)
    else {
      const { resource, text } = row
      objects.push({ resource, object: read(resource, text), text })
    }
  const etcd = { revision, compactedRevision: revision, objects, history: [] }
  return { state: { etcd, memory, randomPosition, now }, files: hasHome ? files : undefined }
}
