import type { Pod } from '#api/core/v1/pod/types.ts'
import { SelectorIndex } from '#client/selector-index.ts'
import { matches, selectorText, type Selector } from '#apimachinery/labels.ts'

/** How many Pods on each node a selector finds. */
interface MatchCount {
  readonly perNode: ReadonlyMap<string, number>
}

interface Entry extends MatchCount {
  readonly namespace: string
  readonly selector: Selector
  readonly perNode: Map<string, number>
  readonly includesTerminating: boolean
}

const MAX_ENTRIES = 500

/**
 * Counts of Pods by node for the selectors that constraints ask about. A count is made once, by going through the namespace's Pods,
 * and then kept up to date with every Pod that comes or goes. The ones asked for longest ago are dropped.
 */
export class MatchCounts {
  readonly #entries = new Map<string, Entry>()
  /** Found by the pairs that they ask for; the few that ask for none are tried all. */
  readonly #index = new SelectorIndex()
  readonly #unindexed = new Map<string, Set<string>>()
  readonly #pods: () => Iterable<Pod>

  /** `pods` gives all Pods that are on nodes and have not ended. */
  constructor(pods: () => Iterable<Pod>) {
    this.#pods = pods
  }

  of(namespace: string, selector: Selector, includesTerminating: boolean): MatchCount {
    const key = `${namespace}\0${includesTerminating}\0${textOf(selector)}`
    const known = this.#entries.get(key)
    if (known !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known
    }
    const entry = { namespace, selector, perNode: new Map<string, number>(), includesTerminating }
    for (const pod of this.#pods()) if (pod.metadata.namespace === namespace) count(entry, pod, 1)
    this.#remember(key, entry)
    return entry
  }

  /** A Pod came onto a node (1) or left it (-1). */
  changed(pod: Pod, sign: 1 | -1): void {
    const { namespace = '', labels } = pod.metadata
    for (const key of this.#index.match(namespace, labels))
      count(this.#entries.get(key)!, pod, sign)
    for (const key of this.#unindexed.get(namespace) ?? [])
      count(this.#entries.get(key)!, pod, sign)
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    const pairs = entry.selector.filter(
      ({ operator, values }) => operator === 'In' && values.length === 1,
    )
    if (pairs.length > 0)
      this.#index.set(
        key,
        entry.namespace,
        Object.fromEntries(pairs.map((pair) => [pair.key, pair.values[0]!])),
      )
    else
      this.#unindexed.set(
        entry.namespace,
        (this.#unindexed.get(entry.namespace) ?? new Set()).add(key),
      )
    if (this.#entries.size <= MAX_ENTRIES) return
    const [oldest, dropped] = this.#entries.entries().next().value!
    this.#entries.delete(oldest)
    this.#index.delete(oldest)
    this.#unindexed.get(dropped.namespace)?.delete(oldest)
  }
}

const texts = new WeakMap<Selector, string>()

const textOf = (selector: Selector): string => {
  const known = texts.get(selector)
  if (known !== undefined) return known
  const text = selectorText(selector)
  texts.set(selector, text)
  return text
}

const count = (entry: Entry, pod: Pod, sign: 1 | -1): void => {
  if (!entry.includesTerminating && pod.metadata.deletionTimestamp !== undefined) return
  if (!matches(entry.selector, pod.metadata.labels)) return
  const node = pod.spec.nodeName ?? ''
  const sum = (entry.perNode.get(node) ?? 0) + sign
  if (sum === 0) entry.perNode.delete(node)
  else entry.perNode.set(node, sum)
}
