// go: src/text/tabwriter, as `kubectl describe` sets it up: no minimal width, two spaces between columns.
import { PlainFailure } from '#kubectl/failure.ts'

const PADDING = 2

/** Texts that someone made to be long: a wide cell above a hundred thousand lines is wide in all of them. */
export const MAX_TEXT = 2 ** 24

/** A computer that runs out of memory ends the program that wants it. */
export const outOfMemory = (): PlainFailure => new PlainFailure('Killed', 137)

interface Column {
  width: number
}

/** What a run of lines with a cell in the same place has in common is the width of that cell. */
export const alignColumns = (text: string): string =>
  // a form feed ends its line and all columns
  text.split('\f').map(alignSection).join('\n')

const alignSection = (text: string): string => {
  const lines = text.split('\n').map((line) => line.split(/[\t\v]/))
  const columns = lines.map(columnsOf())
  const widths = columns.map((line) => line.reduce((sum, { width }) => sum + width, 0))
  if (widths.reduce((sum, width) => sum + width, text.length) > MAX_TEXT) throw outOfMemory()
  return lines
    .map((cells, line) =>
      cells.map((cell, index) => padded(cell, columns[line]![index]?.width ?? 0)).join(''),
    )
    .join('\n')
}

/** A column goes on as long as every line has a cell in it that is not the line's last. */
const columnsOf = (): ((cells: readonly string[]) => readonly Column[]) => {
  let open: Column[] = []
  return (cells) => {
    open = open.slice(0, cells.length - 1)
    for (let index = 0; index < cells.length - 1; index++) {
      const column = (open[index] ??= { width: 0 })
      column.width = Math.max(column.width, widthOf(cells[index]!) + PADDING)
    }
    return open
  }
}

const widthOf = (cell: string): number => {
  let width = 0
  for (const _ of cell) width += 1
  return width
}

const padded = (cell: string, width: number): string =>
  width === 0 ? cell : cell + ' '.repeat(width - widthOf(cell))
