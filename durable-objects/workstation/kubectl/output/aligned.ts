// Rows in columns, as kubectl's tables have them.
import { TABLE, TabWriter } from '#kubectl/output/tabwriter.ts'

/** Lines of aligned cells. The widths are remembered: columns never become narrower than they were. */
export class AlignedColumns {
  readonly #writer = new TabWriter(TABLE)

  format(rows: readonly (readonly string[])[]): string {
    for (const row of rows) this.#writer.write(`${row.join('\t')}\n`)
    return this.#writer.flush()
  }
}
