// What is each node's own, put into tables that nodes share otherwise: elements of some sets, and rules that name the node's addresses.
import type { Ip } from '#net/ip.ts'
import type { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Change, ElementSet, Ruleset, SetElement, Table } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import { equal } from '#apimachinery/object.ts'
import type { Backend, ProxySettings } from './backend.ts'
import type { BundleRules, BundleSet } from './bundle.ts'
import type { ElementDelta, NodeElements } from './node-elements.ts'

interface LastRules extends BundleRules {
  readonly sharedCount: number
}

interface Made {
  readonly nodeIPs: readonly Ip[]
  /** With what is the node's own whatever the Services are. */
  readonly sets: readonly BundleSet[]
  /** Rules that stand last in a shared chain instead of those that nodes share. */
  readonly last: readonly LastRules[]
  from: Ruleset | undefined
  own: readonly PersistentMap<SetElement>[]
  ruleset: Ruleset | undefined
}

export class OwnParts {
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
    const made = this.#madeFor(nodeName, nodeIPs)
    if (made.sets.length === 0 && made.last.length === 0) return from
    const own = made.sets.map(({ table, set }) =>
      this.#elements.of(nodeName, table, set.name, delta),
    )
    if (
      made.from === from &&
      made.ruleset !== undefined &&
      own.every((map, at) => map === made.own[at])
    )
      return made.ruleset
    const ruleset = withOwn(withLast(from, made.last), made.sets, own)
    made.from = from
    made.own = own
    made.ruleset = ruleset
    return ruleset
  }

  #madeFor(nodeName: string, nodeIPs: readonly Ip[]): Made {
    const known = this.#made.get(nodeName)
    if (known !== undefined && isSame(known.nodeIPs, nodeIPs)) return known
    const sets = this.#backend.ownSets?.(this.#settings, nodeIPs) ?? []
    const last = lastRulesAt(this.#backend, this.#settings, nodeIPs)
    const made = { nodeIPs, sets, last, from: undefined, own: [], ruleset: undefined }
    this.#made.set(nodeName, made)
    return made
  }
}

const isSame = (a: readonly Ip[], b: readonly Ip[]): boolean =>
  a === b || (a.length === b.length && a.every(({ value }, at) => value === b[at]?.value))

const lastRulesAt = (
  { lastRules }: Backend,
  settings: ProxySettings,
  nodeIPs: readonly Ip[],
): readonly LastRules[] => {
  const shared = lastRules(settings, [])
  return lastRules(settings, nodeIPs).flatMap((own, at) => {
    const sharedRules = shared[at]?.rules ?? []
    return equal(own.rules, sharedRules) ? [] : [{ ...own, sharedCount: sharedRules.length }]
  })
}

const withLast = (ruleset: Ruleset, last: readonly LastRules[]): Ruleset =>
  applyChanges(
    ruleset,
    last.flatMap(({ table, chain: name, rules, sharedCount }): readonly Change[] => {
      const chain = ruleset.get(table)?.chains.get(name)
      if (chain === undefined) return []
      const services = chain.rules.slice(0, chain.rules.length - sharedCount)
      return [{ kind: 'chain', table, chain: { ...chain, rules: [...services, ...rules] } }]
    }),
  )

/**
 * Without a transaction: that would look at every element for each node. Such elements lead to no chain and the set is there, so that
 * there is nothing to refuse.
 */
const withOwn = (
  ruleset: Ruleset,
  sets: readonly BundleSet[],
  own: readonly PersistentMap<SetElement>[],
): Ruleset => {
  const changed = new Map<string, [string, ElementSet][]>()
  for (const [at, { table, set }] of sets.entries()) {
    const before = ruleset.get(table)?.sets.get(set.name)
    if (before === undefined)
      throw new Error(`${table} has no set ${set.name} for what is a node's own`)
    // what the node has anyway, what the shared tables left out, what bundles say that are the node's own
    const elements = union(union(own[at]!, set.elements), before.elements)
    const entry: [string, ElementSet] = [set.name, { ...before, elements }]
    const entries = changed.get(table)
    if (entries === undefined) changed.set(table, [entry])
    else entries.push(entry)
  }
  const tables: [string, Table][] = []
  for (const [key, entries] of changed) {
    const table = ruleset.get(key)!
    tables.push([key, { ...table, sets: table.sets.withChanges(entries) }])
  }
  return ruleset.withChanges(tables)
}

const union = (
  a: PersistentMap<SetElement>,
  b: PersistentMap<SetElement>,
): PersistentMap<SetElement> => {
  if (a.size === 0) return b
  return b.size === 0 ? a : a.withChanges(b.entries())
}
