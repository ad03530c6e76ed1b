// The learner's files in the session's SQLite.
import { bytesOf, textOf } from '../../cluster/shell/files/bytes.ts'
import type { HomeChange, StoredFile } from '../../workstation/home.ts'

/** As much of the platform's SQL as is needed. */
export interface HomeSql {
  exec<T extends Record<string, string | number | null | ArrayBuffer>>(
    query: string,
    ...bindings: (string | number | null | ArrayBuffer)[]
  ): { toArray(): T[] }
}

interface FileRow extends Record<string, string | number | null | ArrayBuffer> {
  readonly path: string
  readonly kind: StoredFile['kind']
  readonly mode: number
  readonly mtime: number
  readonly bytes: ArrayBuffer
}

/** SQLite's rows are bounded: a large file is several of them. */
const BYTES_PER_ROW = 1024 * 1024

export class HomeStore {
  readonly #sql: HomeSql

  constructor(sql: HomeSql) {
    this.#sql = sql
  }

  /** undefined: nothing was ever stored. */
  load(): readonly StoredFile[] | undefined {
    if (!this.#exists) return undefined
    const rows = this.#sql
      .exec<FileRow>('SELECT path, kind, mode, mtime, bytes FROM files ORDER BY path, part')
      .toArray()
    const files: StoredFile[] = []
    for (let at = 0; at < rows.length;) {
      const { path, kind, mode, mtime } = rows[at]!
      const parts: Uint8Array[] = []
      for (; rows[at]?.path === path; at++) parts.push(new Uint8Array(rows[at]!.bytes))
      files.push({ path, kind, mode, mtime, text: textOf(Buffer.concat(parts)) })
    }
    return files
  }

  /** Called inside a transaction. */
  save(changes: readonly HomeChange[]): void {
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS files (path TEXT NOT NULL, part INTEGER NOT NULL, kind TEXT NOT NULL, mode INTEGER NOT NULL, mtime INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (path, part))',
    )
    for (const { path, file } of changes) {
      this.#sql.exec('DELETE FROM files WHERE path = ?', path)
      if (file !== undefined) this.#insert(file)
    }
  }

  get #exists(): boolean {
    const query = "SELECT name FROM sqlite_master WHERE name = 'files'"
    return this.#sql.exec(query).toArray().length > 0
  }

  #insert({ path, kind, mode, mtime, text }: StoredFile): void {
    const bytes = bytesOf(text)
    for (let part = 0; part === 0 || part * BYTES_PER_ROW < bytes.length; part++) {
      const piece = bytes.slice(part * BYTES_PER_ROW, (part + 1) * BYTES_PER_ROW)
      this.#sql.exec(
        'INSERT INTO files (path, part, kind, mode, mtime, bytes) VALUES (?, ?, ?, ?, ?, ?)',
        path,
        part,
        kind,
        mode,
        mtime,
        piece.buffer,
      )
    }
  }
}
