// go: text/tabwriter, with the widths that github.com/liggitt/tabwriter remembers

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

const widthOf = (cell: string): number => {
  let width = cell.length
  for (let index = 0; index < cell.length; index++)
    if ((cell.charCodeAt(index) & 0xfc00) === 0xd800) width -= 1
  return width
}

/** Puts cells that end in tabs under one another. A column is a run of lines that have a cell in it. */
export class TabWriter {
  readonly #options: TabWriterOptions
  readonly #remembered: number[] = []
  #output = ''
  /** Lines that wait for the end of their columns; the last is not ended. */
  #lines: string[][] = [['']]
  #widths: number[] = []

  constructor(options: TabWriterOptions) {
    this.#options = options
  }

  write(text: string): void {
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#append(text.slice(start, end))
      const cells = this.#lines.at(-1)!.length
      this.#lines.push([''])
      // Of one cell nothing follows for the lines below: all columns end here.
      if (cells === 1) this.#format()
      start = end + 1
    }
    this.#append(text.slice(start))
  }

  /** All that was written since the last call, in columns. */
  flush(): string {
    this.#format()
    const output = this.#output
    this.#output = ''
    return output
  }

  #append(text: string): void {
    const line = this.#lines.at(-1)!
    const [first, ...cells] = text.split('\t')
    line[line.length - 1] += first!
    line.push(...cells)
  }

  #format(): void {
    this.#block(0, this.#lines.length)
    this.#lines = [['']]
  }

  /** Formats the columns to the right of those whose widths are known. */
  #block(from: number, to: number): void {
    const column = this.#widths.length
    const hasCell = (line: number): boolean => column < this.#lines[line]!.length - 1
    let start = from
    for (let line = from; line < to; line++) {
      if (!hasCell(line)) continue
      this.#print(start, line)
      start = line
      let width = this.#options.minWidth
      for (; line < to && hasCell(line); line++)
        width = Math.max(width, widthOf(this.#lines[line]![column]!) + this.#options.padding)
      this.#widths.push(this.#remember(column, width))
      this.#block(start, line)
      this.#widths.pop()
      start = line
    }
    this.#print(start, to)
  }

  #remember(column: number, width: number): number {
    if (this.#options.remembersWidths !== true) return width
    for (let known = this.#remembered.length; known < column; known++)
      this.#remembered.push(this.#widths[known]!)
    const remembered = Math.max(width, this.#remembered[column] ?? 0)
    this.#remembered[column] = remembered
    return remembered
  }

  #print(from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const line = this.#lines[index]!
      for (const [column, cell] of line.entries()) {
        const width = this.#widths[column]
        this.#output += cell
        if (width !== undefined) this.#output += ' '.repeat(Math.max(0, width - widthOf(cell)))
      }
      if (index + 1 < this.#lines.length) this.#output += '\n'
    }
  }
}

/** A whole text in columns. */
export const inColumns = (text: string, options: TabWriterOptions): string => {
  const writer = new TabWriter(options)
  writer.write(text)
  return writer.flush()
}
