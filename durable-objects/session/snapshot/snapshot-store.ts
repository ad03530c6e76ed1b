// A snapshot's bytes in SQLite, whose rows are bounded.
import type { HomeSql } from '../computer/home-store.ts'

const BYTES_PER_ROW = 1024 * 1024

interface PartRow extends Record<string, ArrayBuffer> {
  readonly bytes: ArrayBuffer
}

export class SnapshotStore {
  readonly #sql: HomeSql

  constructor(sql: HomeSql) {
    this.#sql = sql
  }

  /** Called inside a transaction. */
  save(bytes: Uint8Array): void {
    this.#sql.exec('CREATE TABLE snapshot (part INTEGER PRIMARY KEY, bytes BLOB NOT NULL)')
    for (let part = 0; part * BYTES_PER_ROW < bytes.length; part++) {
      const piece = bytes.slice(part * BYTES_PER_ROW, (part + 1) * BYTES_PER_ROW)
      this.#sql.exec('INSERT INTO snapshot (part, bytes) VALUES (?, ?)', part, piece.buffer)
    }
  }

  load(): Uint8Array {
    const rows = this.#sql.exec<PartRow>('SELECT bytes FROM snapshot ORDER BY part').toArray()
    return Buffer.concat(rows.map(({ bytes }) => new Uint8Array(bytes)))
  }
}
