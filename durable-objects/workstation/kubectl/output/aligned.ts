// Columns as Go's tabwriter sets them with kubectl's measures. kubernetes: cli-runtime pkg/printers GetNewTabWriter

const MIN_WIDTH = 6
const PADDING = 3

const widthOf = (text: string): number => [...text].length

/** Lines of aligned cells. The widths are remembered: columns never become narrower than they were. */
export class AlignedColumns {
  #widths: number[] = []

  format(rows: readonly (readonly string[])[]): string {
    for (const row of rows)
      for (const [column, cell] of row.slice(0, -1).entries())
        this.#widths[column] = Math.max(this.#widths[column] ?? MIN_WIDTH, widthOf(cell) + PADDING)
    return rows.map((row) => `${this.#line(row)}\n`).join('')
  }

  #line(row: readonly string[]): string {
    const last = row.length - 1
    return row
      .map((cell, column) =>
        column === last ? cell : cell + ' '.repeat(this.#widths[column]! - widthOf(cell)),
      )
      .join('')
  }
}
