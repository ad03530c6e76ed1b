// kubernetes: kubectl pkg/describe PrefixWriter; cli-runtime pkg/printers/terminal.go
import { DESCRIPTION, inColumns } from '#kubectl/output/tabwriter.ts'

/** What would move the cursor or change colours is shown instead. */
export const escapeTerminal = (text: string): string =>
  text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r')

/** Writes lines at levels of two spaces, with tabs between what stands in columns. */
export class PrefixWriter {
  #text = ''

  /** The text as it is, line end included, behind the spaces of its level. */
  write(level: number, text: string): void {
    this.#text += '  '.repeat(level) + escapeTerminal(text)
  }

  /** Words with spaces between them, on a line of their own. */
  writeLine(...words: readonly string[]): void {
    this.#text += `${escapeTerminal(words.join(' '))}\n`
  }

  /** All of it, in columns. */
  finish(): string {
    return inColumns(this.#text, DESCRIPTION)
  }
}
