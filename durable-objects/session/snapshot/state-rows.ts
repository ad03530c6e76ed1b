// A session's state as rows of a snapshot, and back.
import type { StoredObject } from '../../cluster/etcd/etcd.ts'
import { objectJson } from '../../cluster/kube-apiserver/endpoints/serialize.ts'
import { sharedResources } from '../../cluster/kube-apiserver/resources.ts'
import type { StoredFile } from '../../workstation/home.ts'
import type { State, StatePart } from '../state-source.ts'
import { compareRows, type ObjectRow, type SnapshotHead, type SnapshotRow } from './canonical.ts'

const ROWS_AT_ONCE = 250

/** As it is stored: a custom object is kept as it is, whatever is shown of it. */
export const storedJson = ({ resource, object, text }: StoredObject): string =>
  text ??
  (sharedResources().named(resource) === undefined ? JSON.stringify(object) : objectJson(object))

const objectRow = (stored: StoredObject): ObjectRow => ({
  kind: 'object',
  resource: stored.resource,
  namespace: stored.object.metadata.namespace ?? '',
  name: stored.object.metadata.name ?? '',
  revision: Number(stored.object.metadata.resourceVersion),
  text: storedJson(stored),
})

export const snapshotHead = ({ head, files }: State): SnapshotHead => ({
  ...head,
  hasHome: files !== undefined,
})

/** All rows of a state, some hundred at once and in order: texts are made when they are asked for. */
export function* snapshotRows({
  objects,
  memory,
  files = [],
}: State): Generator<readonly SnapshotRow[], void> {
  const sorted = objects.toSorted(compareStored)
  for (let start = 0; start < sorted.length; start += ROWS_AT_ONCE)
    yield sorted.slice(start, start + ROWS_AT_ONCE).map(objectRow)
  const kept = memory.map(([key, value]) => ({ kind: 'memory', key, value }) as const)
  yield kept.sort(compareRows)
  yield files.map((file) => ({ kind: 'file', file }) as const).sort(compareRows)
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

/** Rows as a session takes them; the files are one part, which comes last. */
export async function* partsOfRows(
  { hasHome }: SnapshotHead,
  batches: AsyncIterable<readonly SnapshotRow[]> | Iterable<readonly SnapshotRow[]>,
): AsyncGenerator<StatePart, void> {
  const files: StoredFile[] = []
  for await (const batch of batches) {
    const rows: ObjectRow[] = []
    const memory: (readonly [string, string])[] = []
    for (const row of batch)
      if (row.kind === 'object') rows.push(row)
      else if (row.kind === 'memory') memory.push([row.key, row.value])
      else files.push(row.file)
    if (rows.length > 0) yield { kind: 'rows', rows }
    if (memory.length > 0) yield { kind: 'memory', memory }
  }
  if (hasHome) yield { kind: 'files', files }
}
