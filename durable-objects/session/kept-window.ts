/** So many revisions of the past are kept ... */
export const MOST_REVISIONS = 2000
/** ... unless what they replaced takes more than this. */
export const MOST_REPLACED_BYTES = 8 * 1024 * 1024

/** What a newer revision has replaced: a row of the store, or what a component remembered. */
export interface Replaced {
  /** The row; undefined: it is no row of a revision. */
  readonly row: number | undefined
  /** The revision that replaced it: before it, it is part of the state. */
  readonly by: number
  readonly bytes: number
}

/**
 * How far back a session's past goes: its newest 2,000 revisions, or fewer if what they replaced takes more than 8 MB. Says what can be
 * dropped.
 */
export class KeptWindow {
  #replaced: Replaced[] = []
  #bytes = 0

  /** In the order of `by`. */
  add(replaced: Replaced): void {
    this.#replaced.push(replaced)
    this.#bytes += replaced.bytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * Cuts off what is too old at revision `last`: the rows to drop, and the oldest revision whose state can still be shown. undefined:
   * nothing is.
   */
  cut(last: number): { readonly rows: readonly number[]; readonly compacted: number } | undefined {
    let compacted = last - MOST_REVISIONS
    let end = 0
    for (const { by, bytes } of this.#replaced) {
      // what one revision replaced goes as a whole
      if (by > compacted && this.#bytes <= MOST_REPLACED_BYTES) break
      compacted = Math.max(compacted, by)
      this.#bytes -= bytes
      end++
    }
    if (compacted <= 0) return undefined
    const rows: number[] = []
    for (const { row } of this.#replaced.slice(0, end)) if (row !== undefined) rows.push(row)
    this.#replaced = this.#replaced.slice(end)
    return { rows, compacted }
  }
}
