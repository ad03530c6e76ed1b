import type { Cause } from './cluster/apimachinery/origin.ts'
import type { Changes, ClusterState } from './cluster/cluster.ts'
import type { MemoryPast } from './cluster/cluster-memory.ts'
import type { Revision } from './cluster/etcd/etcd.ts'
import { stateOfRows, type StoredRow } from './cluster/etcd/stored-rows.ts'
import { KeptWindow, MOST_REPLACED_BYTES } from './session/kept-window.ts'

/**
 * Written into every session; one of an older format is migrated when it is opened, one of a newer format refused.
 * 2: a revision says when, by whom and why it was written; what components remembered is kept as long as revisions are.
 */
export const STORED_FORMAT = 2

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

const COMPACT_EVERY = 500
/** A statement takes a hundred values. */
const ROWS_PER_INSERT = 16

interface RevisionRow extends Record<string, string | number | null> {
  readonly revision: number
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly object: string | null
  readonly origin: string | null
}

type Origin = Pick<Revision, 'at' | 'by' | 'cause' | 'random'>

/** What is stored of a revision; undefined if its key was deleted. */
type TextOf = (revision: Revision) => string | undefined

/** A row as another session hands it on. */
export interface ObjectRow {
  readonly revision: number
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly text: string
}

/** Nobody asks SQLite for the parts: one text is one value less to bind for each of them. */
const originText = ({ at, random, cause, by }: Origin): string =>
  `${at} ${random} ${cause?.revision ?? ''} ${cause?.due ?? ''} ${by}`

const readOrigin = (text: string): Origin => {
  const [at = '', random = '', revision = '', due = ''] = text.split(' ', 4)
  const head = at.length + random.length + revision.length + due.length + 4
  return {
    at: Number(at),
    random: Number(random),
    cause: revision === '' ? undefined : causeOf(Number(revision), due),
    by: text.slice(head),
  }
}

const causeOf = (revision: number, due: string): Cause =>
  due === '' ? { revision } : { revision, due: Number(due) }

const storedRows = function* (rows: Iterable<RevisionRow>): Generator<StoredRow, void> {
  for (const { revision, resource, namespace, name, object, origin } of rows)
    yield {
      revision,
      resource,
      namespace,
      name,
      text: object ?? undefined,
      origin: origin === null ? undefined : () => readOrigin(origin),
    }
}

/**
 * A session's cluster in SQLite, after kine: an append-only table of revisions (a write is a row), what components keep, and a few
 * values. Compaction drops rows by their primary key, so that no index has to be kept.
 */
export class RevisionStore {
  readonly #storage: Storage
  #window = new KeptWindow()
  /** The length of each row that may be replaced. */
  #lengths = new Map<number, number>()
  #sinceCompaction = 0
  /** What components remembered before this revision is not kept. */
  #oldest = 0

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** Whether anything was ever stored. Reads only: looking for a session that does not exist leaves no trace. */
  get exists(): boolean {
    return this.#hasTable('session')
  }

  createTables(): void {
    const { sql } = this.#storage
    sql.exec('CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID')
    sql.exec(
      'CREATE TABLE revisions (revision INTEGER PRIMARY KEY, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, object TEXT, origin TEXT)',
    )
    sql.exec('CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID')
    this.#createPast()
  }

  /** Brings what was stored in an older format up to this one. Called inside a transaction. */
  migrate(format: number): void {
    if (format >= STORED_FORMAT) return
    this.#storage.sql.exec('ALTER TABLE revisions ADD COLUMN origin TEXT')
    this.#createPast()
    // what components remembered at older revisions is not known: the past begins here
    const [row] = this.#storage.sql
      .exec<{ last: number | null }>('SELECT MAX(revision) AS last FROM revisions')
      .toArray()
    this.setValue('compacted', String(row?.last ?? 0))
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

  /** The oldest revision whose state can be shown. */
  get compacted(): number {
    return Number(this.getValue('compacted') ?? 0)
  }

  /** Appends what a turn changed, each object as `textOf` writes it. Called inside a transaction. */
  append({ revisions, memory, memoryPast, oldest }: Changes, textOf: TextOf): void {
    for (let start = 0; start < revisions.length; start += ROWS_PER_INSERT)
      this.#insert(revisions.slice(start, start + ROWS_PER_INSERT), textOf)
    for (const [key, value] of memory) {
      if (value === undefined) this.#storage.sql.exec('DELETE FROM memory WHERE key = ?', key)
      else this.#remember(key, value)
    }
    for (const { key, revision, before } of memoryPast)
      this.#storage.sql.exec(
        'INSERT OR IGNORE INTO memory_past (revision, key, value) VALUES (?, ?, ?)',
        revision,
        key,
        before ?? null,
      )
    // what components remembered may take so much that it is kept for less long
    if (oldest > this.#oldest) this.#raise(oldest)
    const last = revisions.at(-1)
    if (last === undefined) return
    this.#sinceCompaction += revisions.length
    if (this.#sinceCompaction >= COMPACT_EVERY || this.#window.bytes > MOST_REPLACED_BYTES)
      this.#compact(last.revision)
  }

  /** Rows that come from another session. Called inside a transaction. */
  adopt(rows: readonly ObjectRow[]): void {
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const some = rows.slice(start, start + ROWS_PER_INSERT)
      this.#insertRows(
        some.map(({ revision, resource, namespace, name, text }) => [
          revision,
          resource,
          namespace,
          name,
          text,
          null,
        ]),
      )
    }
  }

  /** The same for what components remember. */
  adoptMemory(entries: readonly (readonly [string, string])[]): void {
    for (const [key, value] of entries) this.#remember(key, value)
  }

  /** All that is needed to make the cluster again, with the history that is kept. */
  load(now: number, randomPosition: number): ClusterState {
    const compactedRevision = this.compacted
    const rows = this.#storage.sql.exec<RevisionRow>(
      'SELECT revision, resource, namespace, name, object, origin FROM revisions ORDER BY revision',
    )
    this.#oldest = compactedRevision
    this.#window = new KeptWindow()
    this.#lengths = new Map()
    const etcd = stateOfRows(storedRows(rows), compactedRevision, (row, previous) =>
      this.#replace(row.revision, previous?.revision, row.text),
    )
    const { sql } = this.#storage
    const memory = sql
      .exec<{ key: string; value: string }>('SELECT key, value FROM memory ORDER BY key')
      .toArray()
    return {
      etcd,
      memory: memory.map(({ key, value }) => [key, value] as const),
      memoryPast: this.#loadMemoryPast(),
      randomPosition,
      now,
    }
  }

  #loadMemoryPast(): readonly MemoryPast[] {
    return this.#storage.sql
      .exec<{ revision: number; key: string; value: string | null }>(
        'SELECT revision, key, value FROM memory_past ORDER BY revision, key',
      )
      .toArray()
      .map(({ revision, key, value }) => ({ key, revision, before: value ?? undefined }))
  }

  /** From now on this is the oldest revision whose state can be shown. */
  #raise(oldest: number): void {
    this.#oldest = oldest
    this.#storage.sql.exec('DELETE FROM memory_past WHERE revision <= ?', oldest)
    if (oldest > this.compacted) this.setValue('compacted', String(oldest))
  }

  #remember(key: string, value: string): void {
    this.#storage.sql.exec(
      'INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    )
  }

  #insert(revisions: readonly Revision[], textOf: TextOf): void {
    this.#insertRows(
      revisions.map((change) => {
        const { revision, resource, namespace, name, previous } = change
        const text = textOf(change)
        const replaced = previous && Number(previous.metadata.resourceVersion)
        this.#replace(revision, replaced, text)
        return [revision, resource, namespace, name, text ?? null, originText(change)]
      }),
    )
  }

  #insertRows(rows: readonly (readonly (string | number | null)[])[]): void {
    const places = rows.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')
    this.#storage.sql.exec(
      `INSERT INTO revisions (revision, resource, namespace, name, object, origin) VALUES ${places}`,
      ...rows.flat(),
    )
  }

  /** Notes that a revision took the place of another. What is deleted takes no place itself. */
  #replace(revision: number, row: number | undefined, text: string | undefined): void {
    if (row !== undefined) {
      this.#window.add({ row, by: revision, bytes: this.#lengths.get(row) ?? 0 })
      this.#lengths.delete(row)
    }
    if (text === undefined) this.#window.add({ row: revision, by: revision, bytes: 0 })
    else this.#lengths.set(revision, text.length)
  }

  /** Drops what was replaced too long ago. The newest row stays, so that the revision goes on from it. */
  #compact(last: number): void {
    this.#sinceCompaction = 0
    const cut = this.#window.cut(last)
    if (cut === undefined) return
    for (const row of cut.rows)
      this.#storage.sql.exec('DELETE FROM revisions WHERE revision = ?', row)
    this.#raise(Math.max(cut.compacted, this.#oldest))
  }

  #createPast(): void {
    this.#storage.sql.exec(
      'CREATE TABLE memory_past (revision INTEGER NOT NULL, key TEXT NOT NULL, value TEXT, PRIMARY KEY (revision, key)) WITHOUT ROWID',
    )
  }

  #hasTable(name: string): boolean {
    return (
      this.#storage.sql.exec('SELECT name FROM sqlite_master WHERE name = ?', name).toArray()
        .length > 0
    )
  }
}
