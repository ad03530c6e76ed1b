// The page behind a terminal: it can show a file in its editor.

/** Characters of a file that an editor is given. */
const MOST_TEXT = 512 * 1024

/** `editor`: which one was asked for, `nano` or another. */
export type ShowFile = (path: string, text: string, editor: string) => void

export class Page {
  readonly #show: ShowFile
  readonly #done = new Map<string, { readonly text?: string }>()

  constructor(show: ShowFile) {
    this.#show = show
  }

  /** False: the file is too large for it. */
  open(path: string, text: string, editor: string): boolean {
    if (text.length > MOST_TEXT) return false
    this.#done.delete(path)
    this.#show(path, text, editor)
    return true
  }

  /** The editor was closed; `text` absent: without saving. */
  edited(path: string, text?: string): void {
    this.#done.set(path, text === undefined ? {} : { text })
  }

  isDone(path: string): boolean {
    return this.#done.has(path)
  }

  /** What the file was changed to; undefined: it was not. */
  take(path: string): string | undefined {
    const done = this.#done.get(path)
    this.#done.delete(path)
    return done?.text
  }
}
