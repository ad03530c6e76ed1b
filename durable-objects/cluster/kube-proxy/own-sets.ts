// The sets whose elements are each node's own, put into tables that nodes share otherwise.
import type { Ip } from '#net/ip.ts'
import type { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Ruleset, SetElement, Table } from '#netfilter/ruleset.ts'
import type { Backend, ProxySettings } from './backend.ts'
import type { BundleSet } from './bundle.ts'
import type { ElementDelta, NodeElements } from './node-elements.ts'

interface Made {
  readonly nodeIPs: readonly Ip[]
  /** With what is the node's own whatever the Services are. */
  readonly sets: readonly BundleSet[]
  from: Ruleset | undefined
  own: readonly PersistentMap<SetElement>[]
  ruleset: Ruleset | undefined
}

export class OwnSets {
  readonly #backend: Backend
  readonly #settings: ProxySettings
  readonly #elements: NodeElements
  readonly #made = new Map<string, Made>()

  constructor(backend: Backend, settings: ProxySettings, elements: NodeElements) {
    this.#backend = backend
    this.#settings = settings
    this.#elements = elements
  }

  /** The tables with the node's own elements. `delta` is by how much the node lags behind. */
  at(from: Ruleset, nodeName: string, nodeIPs: readonly Ip[], delta: ElementDelta): Ruleset {
    if (this.#backend.ownSets === undefined) return from
    const made = this.#madeFor(nodeName, nodeIPs)
    const own = made.sets.map(({ table, set }) =>
      this.#elements.of(nodeName, table, set.name, delta),
    )
    if (
      made.from === from &&
      made.ruleset !== undefined &&
      own.every((map, at) => map === made.own[at])
    )
      return made.ruleset
    let ruleset = from
    for (const [at, set] of made.sets.entries()) ruleset = withOwn(ruleset, set, own[at]!)
    made.from = from
    made.own = own
    made.ruleset = ruleset
    return ruleset
  }

  #madeFor(nodeName: string, nodeIPs: readonly Ip[]): Made {
    const known = this.#made.get(nodeName)
    if (known !== undefined && isSame(known.nodeIPs, nodeIPs)) return known
    const sets = this.#backend.ownSets?.(this.#settings, nodeIPs) ?? []
    const made = { nodeIPs, sets, from: undefined, own: [], ruleset: undefined }
    this.#made.set(nodeName, made)
    return made
  }
}

const isSame = (a: readonly Ip[], b: readonly Ip[]): boolean =>
  a === b || (a.length === b.length && a.every(({ value }, at) => value === b[at]?.value))

/**
 * Without a transaction: that would look at every element for each node. Such elements lead to no chain and the set is there, so that
 * there is nothing to refuse.
 */
const withOwn = (
  ruleset: Ruleset,
  { table: key, set }: BundleSet,
  own: PersistentMap<SetElement>,
): Ruleset => {
  const table = ruleset.get(key)
  const before = table?.sets.get(set.name)
  if (table === undefined || before === undefined)
    throw new Error(`${key} has no set ${set.name} for what is a node's own`)
  // what bundles say that are the node's own, and what the shared ones left out
  const elements = own.withChanges(before.elements.entries()).withChanges(set.elements.entries())
  const after: Table = { ...table, sets: table.sets.with(set.name, { ...before, elements }) }
  return ruleset.with(key, after)
}
