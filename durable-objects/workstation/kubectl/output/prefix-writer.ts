// kubernetes: kubectl pkg/describe PrefixWriter; cli-runtime pkg/printers/terminal.go
import { DESCRIPTION, TabWriter } from '#kubectl/output/tabwriter.ts'

/** What would move the cursor or change colours is shown instead. */
export const escapeTerminal = (text: string): string =>
  text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r')

/** Values that Go's `%v` prints as they are; what is absent is the empty text. */
export type Printable = string | number | boolean | undefined

/** Text at levels of two spaces, with tabs between what stands in columns. */
export interface PrefixWriter {
  write(level: number, text: string): void
  /** A line without indentation. */
  writeLine(text: string): void
  /** `Label:` and its value in the next column. */
  field(level: number, label: string, value: Printable): void
  /** Ends all columns. */
  flush(): void
}

class TabbedWriter implements PrefixWriter {
  readonly #columns = new TabWriter(DESCRIPTION)
  readonly #sections: string[] = []

  write(level: number, text: string): void {
    this.#columns.write('  '.repeat(level) + escapeTerminal(text))
  }

  writeLine(text: string): void {
    this.write(0, `${text}\n`)
  }

  field(level: number, label: string, value: Printable): void {
    this.write(level, `${label}:\t${value ?? ''}\n`)
  }

  flush(): void {
    this.#sections.push(this.#columns.flush())
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

/** What `print` writes, with the tabs themselves. kubernetes: kubectl pkg/polymorphichelpers printTemplate */
export const untabbed = (print: (w: PrefixWriter) => void): string => {
  const pieces: string[] = []
  const write = (level: number, text: string): void => {
    pieces.push('  '.repeat(level) + escapeTerminal(text))
  }
  print({
    write,
    writeLine: (text) => write(0, `${text}\n`),
    field: (level, label, value) => write(level, `${label}:\t${value ?? ''}\n`),
    flush: () => undefined,
  })
  return pieces.join('')
}
