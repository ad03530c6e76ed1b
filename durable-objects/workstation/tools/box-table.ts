// Tables between lines, as minikube prints them. tablewriter: titles in the middle, a cell may have several lines.

const centred = (text: string, width: number): string => {
  const left = Math.floor((width - text.length) / 2)
  return `${' '.repeat(Math.max(0, left))}${text}`.padEnd(width)
}

export const boxTable = (
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const widths = titles.map((title, column) =>
    Math.max(
      title.length,
      ...rows.flatMap((row) => (row[column] ?? '').split('\n').map((line) => line.length)),
    ),
  )
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const body = rows.flatMap((row) => {
    const cells = row.map((cell) => cell.split('\n'))
    const height = Math.max(1, ...cells.map((lines) => lines.length))
    return Array.from({ length: height }, (_, index) =>
      line(widths.map((width, column) => cellText(cells[column]?.[index] ?? '', width))),
    )
  })
  return `${[rule, line(titles.map((title, column) => centred(title, widths[column]!))), rule, ...body, rule].join('\n')}\n`
}

/** Numbers stand to the right. */
const cellText = (text: string, width: number): string =>
  /^\d+$/.test(text) ? text.padStart(width) : text.padEnd(width)
