// Elements that a set has on one node only, such as the node's own endpoints in hairpin-connections. They are counted per node, so that
// all else stays shared.
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { SetElement } from '#netfilter/ruleset.ts'
import type { BundleElement } from './bundle.ts'

interface Use {
  readonly element: BundleElement
  readonly count: number
}

type Uses = Map<string, Use>

const NONE: PersistentMap<SetElement> = PersistentMap.empty()

export class NodeElements {
  readonly #nodes = new Map<string, Uses>()

  add(nodeName: string, elements: readonly BundleElement[]): void {
    for (const element of elements) this.#use(nodeName, element, 1)
  }

  remove(nodeName: string, elements: readonly BundleElement[]): void {
    for (const element of elements) this.#use(nodeName, element, -1)
  }

  /** The node's elements of a set. */
  of(nodeName: string, table: string, set: string): PersistentMap<SetElement> {
    const uses = this.#nodes.get(nodeName)
    if (uses === undefined) return NONE
    const own = [...uses.values()].filter(
      ({ element }) => element.table === table && element.set === set,
    )
    return PersistentMap.of(own.map(({ element }) => [element.key, element.element]))
  }

  #use(nodeName: string, element: BundleElement, by: number): void {
    let uses = this.#nodes.get(nodeName)
    if (uses === undefined) this.#nodes.set(nodeName, (uses = new Map()))
    const id = `${element.table} ${element.set} ${element.key}`
    const count = (uses.get(id)?.count ?? 0) + by
    if (count === 0) uses.delete(id)
    else uses.set(id, { element, count })
  }
}
