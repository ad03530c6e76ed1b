import { alignColumns, MAX_TEXT, outOfMemory } from '#kubectl/describe/tab-columns.ts'

/** Values that Go's `%v` prints as they are; what is absent is the empty text. */
export type Printable = string | number | boolean | undefined

/** Text at levels of indentation, with tabs between columns. kubernetes: kubectl pkg/describe PrefixWriter */
export interface PrefixWriter {
  write(level: number, text: string): void
  /** A line without indentation. */
  writeLine(text: string): void
  /** `Label:` and its value in the next column. */
  field(level: number, label: string, value: Printable): void
  /** Ends all columns. */
  flush(): void
}

/** Texts come from the cluster: nothing in them may command the terminal. kubernetes: cli-runtime pkg/printers/terminal.go */
const escapeTerminal = (text: string): string =>
  text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r')

class TabbedWriter implements PrefixWriter {
  readonly #sections: string[] = []
  #pending: string[] = []
  #size = 0

  write(level: number, text: string): void {
    this.#size += 2 * level + text.length
    if (this.#size > MAX_TEXT) throw outOfMemory()
    this.#pending.push('  '.repeat(level), escapeTerminal(text))
  }

  writeLine(text: string): void {
    this.write(0, `${text}\n`)
  }

  field(level: number, label: string, value: Printable): void {
    this.write(level, `${label}:\t${value ?? ''}\n`)
  }

  flush(): void {
    this.#sections.push(alignColumns(this.#pending.join('')))
    this.#pending = []
  }

  text(): string {
    this.flush()
    return this.#sections.join('')
  }
}

/** What `print` writes, with its columns aligned. kubernetes: kubectl pkg/describe tabbedString */
export const tabbed = (print: (w: PrefixWriter) => void): string => {
  const writer = new TabbedWriter()
  print(writer)
  return writer.text()
}

/** A writer that indents every single piece further. kubernetes: kubectl pkg/describe nestedPrefixWriter */
export const nested = (w: PrefixWriter, indent: number): PrefixWriter => ({
  write: (level, text) => w.write(level + indent, text),
  writeLine: (text) => w.write(indent, `${text}\n`),
  field: (level, label, value) => w.field(level + indent, label, value),
  flush: () => w.flush(),
})
