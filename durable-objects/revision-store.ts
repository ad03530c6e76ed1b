import type { Changes, ClusterState } from './cluster/cluster.ts'
import type { Revision, StoredObject } from './cluster/etcd/etcd.ts'
import { objectReader } from './cluster/etcd/object-reader.ts'

/** Written into every session; a session of another format is migrated or refused. */
export const STORED_FORMAT = 1

/** As much of the platform's storage as is needed: no Cloudflare import, so that tests can use another SQLite. */
export interface Sql {
  exec<T extends Record<string, string | number | null | ArrayBuffer>>(
    query: string,
    ...bindings: (string | number | null)[]
  ): Iterable<T> & { toArray(): T[] }
}

export interface Storage {
  readonly sql: Sql
  transactionSync<T>(closure: () => T): T
}

// Revisions older than these are dropped once their keys have newer ones.
const HISTORY_REVISIONS = 2000
const COMPACT_EVERY = 500
const ROWS_PER_INSERT = 15

interface RevisionRow extends Record<string, string | number | null> {
  readonly revision: number
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly object: string | null
}

/** Rows do not say who wrote them. */
const UNKNOWN = { at: 0, by: '', cause: undefined, random: 0 } as const

/** What is stored of a revision; undefined if its key was deleted. */
type TextOf = (revision: Revision) => string | undefined

/** A row that a newer revision has replaced. */
interface Superseded {
  readonly row: number
  readonly by: number
}

/**
 * A session's cluster in SQLite, after kine: an append-only table of revisions (a write is a row), what components keep, and a few
 * values. Compaction drops rows by their primary key, so that no index has to be kept.
 */
export class RevisionStore {
  readonly #storage: Storage
  #superseded: Superseded[] = []
  #sinceCompaction = 0

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** Whether anything was ever stored. Reads only: looking for a session that does not exist leaves no trace. */
  get exists(): boolean {
    return (
      this.#storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'session'").toArray()
        .length > 0
    )
  }

  createTables(): void {
    const { sql } = this.#storage
    sql.exec('CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID')
    sql.exec(
      'CREATE TABLE revisions (revision INTEGER PRIMARY KEY, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, object TEXT)',
    )
    sql.exec('CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID')
  }

  transaction(closure: () => void): void {
    this.#storage.transactionSync(closure)
  }

  getValue(key: string): string | undefined {
    return this.#storage.sql
      .exec<{ value: string }>('SELECT value FROM session WHERE key = ?', key)
      .toArray()[0]?.value
  }

  setValue(key: string, value: string): void {
    this.#storage.sql.exec(
      'INSERT INTO session (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    )
  }

  /** Appends what a turn changed, each object as `textOf` writes it. Called inside a transaction. */
  append({ revisions, memory }: Changes, textOf: TextOf): void {
    for (let start = 0; start < revisions.length; start += ROWS_PER_INSERT)
      this.#insert(revisions.slice(start, start + ROWS_PER_INSERT), textOf)
    for (const [key, value] of memory) {
      if (value === undefined) this.#storage.sql.exec('DELETE FROM memory WHERE key = ?', key)
      else
        this.#storage.sql.exec(
          'INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
          key,
          value,
        )
    }
    const last = revisions.at(-1)
    if (last === undefined) return
    this.#sinceCompaction += revisions.length
    if (this.#sinceCompaction >= COMPACT_EVERY) this.#compact(last.revision - HISTORY_REVISIONS)
  }

  /** All that is needed to make the cluster again, with the history that is kept. */
  load(now: number, randomPosition: number): ClusterState {
    const compactedRevision = Number(this.getValue('compacted') ?? 0)
    // one after the other: all texts at once would take more room than those that are kept
    const rows = this.#storage.sql.exec<RevisionRow>(
      'SELECT revision, resource, namespace, name, object FROM revisions ORDER BY revision',
    )
    const read = objectReader()
    const objects = new Map<string, StoredObject>()
    const history: Revision[] = []
    let last = compactedRevision
    this.#superseded = []
    for (const row of rows) {
      const { revision, resource, namespace, name, object: text } = row
      last = revision
      const key = `${resource}/${namespace}/${name}`
      const previous = objects.get(key)?.object
      const object = text === null ? undefined : read(resource, text)
      if (previous !== undefined)
        this.#superseded.push({ row: Number(previous.metadata.resourceVersion), by: revision })
      if (object === undefined || text === null) {
        objects.delete(key)
        this.#superseded.push({ row: revision, by: revision })
      } else objects.set(key, { resource, object, text })
      if (revision > compactedRevision)
        history.push({ revision, resource, namespace, name, object, previous, ...UNKNOWN })
    }
    const memory = this.#storage.sql
      .exec<{ key: string; value: string }>('SELECT key, value FROM memory ORDER BY key')
      .toArray()
    return {
      etcd: {
        revision: last,
        compactedRevision,
        objects: [...objects.values()],
        history,
      },
      memory: memory.map(({ key, value }) => [key, value] as const),
      randomPosition,
      now,
    }
  }

  #insert(revisions: readonly Revision[], textOf: TextOf): void {
    const values: (string | number | null)[] = []
    for (const change of revisions) {
      const { revision, resource, namespace, name, object, previous } = change
      values.push(revision, resource, namespace, name, textOf(change) ?? null)
      if (previous !== undefined)
        this.#superseded.push({ row: Number(previous.metadata.resourceVersion), by: revision })
      if (object === undefined) this.#superseded.push({ row: revision, by: revision })
    }
    const places = revisions.map(() => '(?, ?, ?, ?, ?)').join(', ')
    this.#storage.sql.exec(
      `INSERT INTO revisions (revision, resource, namespace, name, object) VALUES ${places}`,
      ...values,
    )
  }

  /** Drops the rows that were replaced at or before `revision`. The newest row stays, so that the revision goes on from it. */
  #compact(revision: number): void {
    this.#sinceCompaction = 0
    if (revision <= 0) return
    const kept = this.#superseded.findIndex(({ by }) => by > revision)
    const dropped = kept < 0 ? this.#superseded : this.#superseded.slice(0, kept)
    for (const { row } of dropped)
      this.#storage.sql.exec('DELETE FROM revisions WHERE revision = ?', row)
    this.#superseded = kept < 0 ? [] : this.#superseded.slice(kept)
    this.setValue('compacted', String(revision))
  }
}
