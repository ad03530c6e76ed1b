// go: src/text/tabwriter, as `kubectl describe` sets it up: no minimal width, two spaces between columns.

const PADDING = 2

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
