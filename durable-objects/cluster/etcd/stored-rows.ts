import type { EtcdState, Revision, StoredObject, UnreadObjects } from '#etcd/etcd.ts'
import { objectReader } from '#etcd/object-reader.ts'
import type { KubeObject } from '#apimachinery/object.ts'

type Origin = Pick<Revision, 'at' | 'by' | 'cause' | 'random'>

const NOT_NOTED: Origin = { at: 0, by: '', cause: undefined, random: 0 }

/** A write as it is stored. */
export interface StoredRow {
  readonly revision: number
  readonly resource: string
  readonly namespace: string
  readonly name: string
  /** What its key held from then on; undefined if it was deleted. */
  readonly text: string | undefined
  /** Undefined: it was not noted. */
  readonly origin: (() => Origin) | undefined
}

const originOf = ({ origin }: StoredRow): Origin => origin?.() ?? NOT_NOTED

interface Write {
  readonly row: StoredRow
  readonly previous: StoredRow | undefined
}

/** Objects of one resource, each read once. */
const readObjects = (resource: string, rows: readonly StoredRow[]): readonly StoredObject[] => {
  const read = objectReader()
  return rows.map(({ text = '' }) => ({ resource, object: read(resource, text), text }))
}

const readHistory = (writes: readonly Write[]): readonly Revision[] => {
  const read = objectReader()
  const made = new Map<StoredRow, KubeObject>()
  const objectOf = (row: StoredRow | undefined): KubeObject | undefined => {
    if (row?.text === undefined) return undefined
    const known = made.get(row)
    if (known !== undefined) return known
    const object = read(row.resource, row.text)
    made.set(row, object)
    return object
  }
  return writes.map(({ row, previous }) => {
    const { revision, resource, namespace, name } = row
    // in this order: each shares with the one before it
    const before = objectOf(previous)
    const object = objectOf(row)
    return { revision, resource, namespace, name, object, previous: before, ...originOf(row) }
  })
}

/**
 * What a store is made of again, from its rows in order. Nothing is parsed until somebody asks: after waking up nobody may ever want the
 * Events, and hardly anybody the past. `onRow` is told of each row and the one that it took the place of.
 */
export const stateOfRows = (
  rows: Iterable<StoredRow>,
  compactedRevision: number,
  onRow: (row: StoredRow, previous: StoredRow | undefined) => void = () => undefined,
): EtcdState => {
  const newest = new Map<string, Map<string, StoredRow>>()
  const history: Write[] = []
  let revision = compactedRevision
  let first: StoredRow | undefined
  for (const row of rows) {
    revision = row.revision
    let keys = newest.get(row.resource)
    if (keys === undefined) newest.set(row.resource, (keys = new Map()))
    const key = `${row.namespace}/${row.name}`
    const previous = keys.get(key)
    onRow(row, previous)
    // a key stands where it was written last: the order does not depend on rows that were dropped
    if (previous !== undefined) keys.delete(key)
    if (row.text !== undefined) keys.set(key, row)
    if (revision === compactedRevision) first = row
    if (revision > compactedRevision) history.push({ row, previous })
  }
  const unread = new Map<string, UnreadObjects>()
  for (const [resource, keys] of newest)
    if (keys.size > 0)
      unread.set(resource, {
        count: keys.size,
        read: () => readObjects(resource, [...keys.values()]),
      })
  return {
    revision,
    compactedRevision,
    objects: [],
    unread,
    history: () => readHistory(history),
    ...(first?.origin === undefined ? {} : { moment: first.origin() }),
  }
}
