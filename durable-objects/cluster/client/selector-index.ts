import { own, type StringMap } from '#apimachinery/object.ts'

interface Entry {
  readonly namespace: string
  readonly selector: StringMap
  /** The one pair of the selector under which it is found. */
  readonly term: string
}

/**
 * Finds the equality selectors that a set of labels satisfies, without trying them all: a selector stands under that of its pairs
 * which the fewest others share. An empty selector selects nothing.
 */
export class SelectorIndex {
  readonly #entries = new Map<string, Entry>()
  readonly #terms = new Map<string, Set<string>>()

  /** Sets or replaces the selector known as `id`. */
  set(id: string, namespace: string, selector: StringMap | undefined): void {
    const known = this.#entries.get(id)
    if (known !== undefined && known.selector === selector && known.namespace === namespace) return
    this.delete(id)
    const term = selector === undefined ? undefined : this.#rarestTerm(namespace, selector)
    if (selector === undefined || term === undefined) return
    this.#entries.set(id, { namespace, selector, term })
    const ids = this.#terms.get(term)
    if (ids === undefined) this.#terms.set(term, new Set([id]))
    else ids.add(id)
  }

  delete(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const ids = this.#terms.get(entry.term)
    ids?.delete(id)
    if (ids?.size === 0) this.#terms.delete(entry.term)
  }

  /** The ids, sorted, of the selectors in `namespace` that hold for `labels`. */
  match(namespace: string, labels: StringMap | undefined): readonly string[] {
    if (labels === undefined || this.#entries.size === 0) return []
    const found: string[] = []
    for (const key of Object.keys(labels))
      for (const id of this.#terms.get(termOf(namespace, key, labels[key]!)) ?? NONE)
        if (satisfies(labels, this.#entries.get(id)!.selector)) found.push(id)
    return found.length > 1 ? found.sort() : found
  }

  #rarestTerm(namespace: string, selector: StringMap): string | undefined {
    let rarest: string | undefined
    let fewest = Infinity
    for (const key of Object.keys(selector)) {
      const term = termOf(namespace, key, selector[key]!)
      const size = this.#terms.get(term)?.size ?? 0
      if (size < fewest) [rarest, fewest] = [term, size]
    }
    return rarest
  }
}

/** Whether the labels have every pair of the selector. */
export const satisfies = (labels: StringMap | undefined, selector: StringMap): boolean => {
  for (const key of Object.keys(selector)) if (own(labels, key) !== selector[key]) return false
  return true
}

const NONE: ReadonlySet<string> = new Set()

const termOf = (namespace: string, key: string, value: string): string =>
  `${namespace}\0${key}\0${value}`
