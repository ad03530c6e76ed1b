// Elements that a set has on one node only, such as the node's own endpoints in hairpin-connections. They are counted per node, so that
// all else stays shared.
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { SetElement } from '#netfilter/ruleset.ts'
import type { BundleElement } from './bundle.ts'

interface OwnSet {
  elements: PersistentMap<SetElement>
  /** How many ports ask for an element, by its key. */
  readonly uses: Map<string, number>
  /** What differs from `elements`. */
  readonly changed: Map<string, SetElement | undefined>
}

/** By how much a node that does not hear of changes differs from what it would list. */
export interface ElementDelta {
  readonly removed: readonly BundleElement[]
  readonly added: readonly BundleElement[]
}

const NONE: PersistentMap<SetElement> = PersistentMap.empty()

export class NodeElements {
  readonly #nodes = new Map<string, Map<string, OwnSet>>()

  add(nodeName: string, { table, set, key, element }: BundleElement): void {
    const own = this.#setOf(nodeName, table, set)
    const uses = own.uses.get(key) ?? 0
    own.uses.set(key, uses + 1)
    if (uses === 0) own.changed.set(key, element)
  }

  /** What was added before. */
  remove(nodeName: string, { table, set, key }: BundleElement): void {
    const own = this.#setOf(nodeName, table, set)
    const uses = own.uses.get(key) ?? 0
    if (uses > 1) own.uses.set(key, uses - 1)
    else {
      own.uses.delete(key)
      own.changed.set(key, undefined)
    }
  }

  /** The node's elements of a set; of a node that lags behind, those that it had. */
  of(nodeName: string, id: string, delta: ElementDelta): PersistentMap<SetElement> {
    const own = this.#nodes.get(nodeName)?.get(id)
    const elements = own === undefined ? NONE : upToDate(own)
    if (delta.added.length === 0 && delta.removed.length === 0) return elements
    const changed = new Map<string, SetElement | undefined>()
    const uses = new Map<string, number>()
    const isInSet = ({ table, set }: BundleElement) => setId(table, set) === id
    const count = ({ key }: BundleElement, by: number): number => {
      const sum = (uses.get(key) ?? own?.uses.get(key) ?? 0) + by
      uses.set(key, sum)
      return sum
    }
    for (const entry of delta.removed.filter(isInSet))
      if (count(entry, -1) === 0) changed.set(entry.key, undefined)
    for (const entry of delta.added.filter(isInSet))
      if (count(entry, 1) > 0) changed.set(entry.key, entry.element)
    return elements.withChanges(changed)
  }

  #setOf(nodeName: string, table: string, set: string): OwnSet {
    let sets = this.#nodes.get(nodeName)
    if (sets === undefined) this.#nodes.set(nodeName, (sets = new Map()))
    const id = setId(table, set)
    let own = sets.get(id)
    if (own === undefined)
      sets.set(id, (own = { elements: NONE, uses: new Map(), changed: new Map() }))
    return own
  }
}

const upToDate = (own: OwnSet): PersistentMap<SetElement> => {
  if (own.changed.size > 0) {
    own.elements = own.elements.withChanges(own.changed)
    own.changed.clear()
  }
  return own.elements
}

/** What tells sets apart. */
export const setId = (table: string, set: string): string => `${table} ${set}`
