// go: text/tabwriter, with the widths that github.com/liggitt/tabwriter remembers
import { PlainFailure } from '#kubectl/failure.ts'

export interface TabWriterOptions {
  readonly minWidth: number
  readonly padding: number
  /** Columns get no narrower from one flush to the next. */
  readonly remembersWidths?: boolean
}

/** Tables. kubernetes: cli-runtime pkg/printers/tabwriter.go GetNewTabWriter */
export const TABLE: TabWriterOptions = { minWidth: 6, padding: 3, remembersWidths: true }

/** What `kubectl describe` prints. kubernetes: kubectl pkg/describe tabbedString */
export const DESCRIPTION: TabWriterOptions = { minWidth: 0, padding: 2 }

/** Texts that someone made to be long: a wide cell above a hundred thousand lines is wide in all of them. */
const MAX_TEXT = 2 ** 24

/** A computer that runs out of memory ends the program that wants it. */
const outOfMemory = (): PlainFailure => new PlainFailure('Killed', 137)

const widthOf = (cell: string): number => {
  let width = cell.length
  for (let index = 0; index < cell.length; index++)
    if ((cell.charCodeAt(index) & 0xfc00) === 0xd800) width -= 1
  return width
}

/** Lines one below the other that have a cell in the same place. */
interface Column {
  readonly place: number
  width: number
}

/** Puts cells that end in tabs under one another. A column is a run of lines that have a cell in it. */
export class TabWriter {
  readonly #options: TabWriterOptions
  readonly #remembered: number[] = []
  #pending: string[] = []
  #size = 0

  constructor(options: TabWriterOptions) {
    this.#options = options
  }

  write(text: string): void {
    this.#size += text.length
    if (this.#size > MAX_TEXT) throw outOfMemory()
    this.#pending.push(text)
  }

  /** All that was written since the last call, in columns. */
  flush(): string {
    const text = this.#pending.join('')
    this.#pending = []
    // a form feed ends its line and all columns
    const aligned = text.split('\f').map((section) => this.#align(section))
    this.#size = 0
    return aligned.join('\n')
  }

  #align(text: string): string {
    const lines = text.split('\n').map((line) => line.split(/[\t\v]/))
    const columns = this.#columnsOf(lines)
    const padding = columns.map((line) => line.reduce((sum, { width }) => sum + width, 0))
    this.#size += padding.reduce((sum, width) => sum + width, 0)
    if (this.#size > MAX_TEXT) throw outOfMemory()
    return lines
      .map((cells, line) =>
        cells.map((cell, place) => padded(cell, columns[line]![place]?.width ?? 0)).join(''),
      )
      .join('\n')
  }

  /** For each line the columns that it is in: one for every cell but the last. */
  #columnsOf(lines: readonly (readonly string[])[]): readonly (readonly Column[])[] {
    const { minWidth, padding } = this.#options
    const all: Column[] = []
    let open: readonly Column[] = []
    const columns = lines.map((cells) => {
      open = cells.slice(0, -1).map((cell, place) => {
        let column = open[place]
        if (column === undefined) all.push((column = { place, width: minWidth }))
        column.width = Math.max(column.width, widthOf(cell) + padding)
        return column
      })
      return open
    })
    if (this.#options.remembersWidths === true) for (const column of all) this.#remember(column)
    return columns
  }

  #remember(column: Column): void {
    column.width = Math.max(column.width, this.#remembered[column.place] ?? 0)
    this.#remembered[column.place] = column.width
  }
}

const padded = (cell: string, width: number): string =>
  width === 0 ? cell : cell + ' '.repeat(width - widthOf(cell))
