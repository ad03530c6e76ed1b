import type { Pod } from '#api/core/v1/pod/types.ts'
import { matches, selectorText, type Selector } from '#apimachinery/labels.ts'

/** How many Pods on each node a selector finds. */
export interface MatchCount {
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
  readonly #byNamespace = new Map<string, Set<Entry>>()
  readonly #podsOf: (namespace: string) => Iterable<Pod>

  /** `podsOf` gives the Pods of a namespace that are on nodes and have not ended. */
  constructor(podsOf: (namespace: string) => Iterable<Pod>) {
    this.#podsOf = podsOf
  }

  of(namespace: string, selector: Selector, includesTerminating: boolean): MatchCount {
    const key = `${namespace}\0${includesTerminating}\0${selectorText(selector)}`
    const known = this.#entries.get(key)
    if (known !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known
    }
    const entry = { namespace, selector, perNode: new Map<string, number>(), includesTerminating }
    for (const pod of this.#podsOf(namespace)) count(entry, pod, 1)
    this.#remember(key, entry)
    return entry
  }

  /** A Pod came onto a node (1) or left it (-1). */
  changed(pod: Pod, sign: 1 | -1): void {
    for (const entry of this.#byNamespace.get(pod.metadata.namespace ?? '') ?? [])
      count(entry, pod, sign)
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    const ofNamespace = this.#byNamespace.get(entry.namespace)
    if (ofNamespace === undefined) this.#byNamespace.set(entry.namespace, new Set([entry]))
    else ofNamespace.add(entry)
    if (this.#entries.size <= MAX_ENTRIES) return
    const [oldest, dropped] = this.#entries.entries().next().value!
    this.#entries.delete(oldest)
    this.#byNamespace.get(dropped.namespace)?.delete(dropped)
  }
}

const count = (entry: Entry, pod: Pod, sign: 1 | -1): void => {
  if (!entry.includesTerminating && pod.metadata.deletionTimestamp !== undefined) return
  if (!matches(entry.selector, pod.metadata.labels)) return
  const node = pod.spec.nodeName ?? ''
  const sum = (entry.perNode.get(node) ?? 0) + sign
  if (sum === 0) entry.perNode.delete(node)
  else entry.perNode.set(node, sum)
}
