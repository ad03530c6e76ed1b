// column: lists and tables in columns. util-linux 2.38
import { eachInput } from '#shell/tools/input.ts'
import { tool, wholeNumber } from '#shell/tools/run.ts'

const GAP = 2
const TAB = 8
const MOST_LINES = 100_000

const cellsOf = (line: string, separators: string | undefined): readonly string[] =>
  separators === undefined
    ? line.split(/[ \t]+/).filter((cell, at) => cell !== '' || at > 0)
    : line.split(new RegExp(`[${separators.replace(/[\]\\^-]/g, '\\$&')}]`))

const table = (
  lines: readonly string[],
  separators: string | undefined,
  between: string,
): string => {
  const rows = lines.map((line) => cellsOf(line, separators))
  const columns = Math.max(0, ...rows.map(({ length }) => length))
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(0, ...rows.map((cells) => cells[at]?.length ?? 0)),
  )
  return rows
    .map((cells) => {
      const shown = Array.from({ length: columns }, (_, at) => cells[at] ?? '')
      return shown
        .map((cell, at) => (at === columns - 1 ? cell : cell.padEnd(widths[at]!) + between))
        .join('')
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** As many columns as fit, filled from the top down, or from left to right. */
const list = (items: readonly string[], width: number, isAcross: boolean): string => {
  const longest = Math.max(...items.map(({ length }) => length))
  const cell = Math.floor((longest + TAB) / TAB) * TAB
  const columns = Math.max(1, Math.floor(width / cell))
  const rows = Math.ceil(items.length / columns)
  const tabsAfter = (item: string): string => '\t'.repeat(Math.ceil((cell - item.length) / TAB))
  return Array.from({ length: rows }, (_, row) => {
    const shown = items.filter((_item, at) =>
      isAcross ? Math.floor(at / columns) === row : at % rows === row,
    )
    return shown
      .map((item, at) => (at === shown.length - 1 ? item : item + tabsAfter(item)))
      .join('')
  })
    .map((line) => `${line}\n`)
    .join('')
}

export const column = tool(
  'column',
  {
    short: 'tc:s:o:xneN:',
    long: {
      table: 't',
      'output-width': 'c',
      separator: 's',
      'output-separator': 'o',
      fillrows: 'x',
      'table-columns': 'N',
    },
  },
  function* (run) {
    const lines: string[] = []
    yield* eachInput(
      run,
      run.operands,
      (path, { text }) => `${path}: ${text}`,
      function* (input) {
        for (;;) {
          const line = yield* input.line()
          if (line === undefined || lines.length >= MOST_LINES) return
          if (line.trim() !== '') lines.push(line)
        }
      },
    )
    const named = run.value('N')
    if (lines.length === 0) return run.exitCode
    if (run.has('t')) {
      const head = named === undefined ? '' : named.replaceAll(',', run.value('s')?.[0] ?? ' ')
      const all = head === '' ? lines : [head, ...lines]
      run.print(table(all, run.value('s'), run.value('o') ?? ' '.repeat(GAP)))
    } else {
      const given = wholeNumber(run.value('c') ?? '')
      const { columns } = run.call.terminalSize?.() ?? { columns: 80 }
      run.print(list(lines, given ?? columns, run.has('x')))
    }
    return run.exitCode
  },
)
