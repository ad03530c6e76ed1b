// What is each node's own, put into tables that nodes share otherwise: elements of some sets, and rules that name the node's addresses.
import type { Ip } from '#net/ip.ts'
import type { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Change, ElementSet, Ruleset, SetElement, Table } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import { equal, type Mutable } from '#apimachinery/object.ts'
import type { Backend, ProxySettings } from './backend.ts'
import type { BundleRules } from './bundle.ts'
import { type ElementDelta, type NodeElements, setId } from './node-elements.ts'

interface LastRules extends BundleRules {
  readonly sharedCount: number
}

/** A set with what is the node's own whatever the Services are. */
interface OwnSet {
  readonly table: string
  readonly id: string
  readonly set: ElementSet
}

interface Made {
  readonly nodeIPs: readonly Ip[]
  readonly sets: readonly OwnSet[]
  /** Rules that stand last in a shared chain instead of those that nodes share. */
  readonly last: readonly LastRules[]
  from: Ruleset | undefined
  own: readonly PersistentMap<SetElement>[]
  ruleset: Ruleset | undefined
  /** The sets of a table as they were last made: most changes touch chains. */
  readonly tables: Map<string, MadeSets>
}

interface MadeSets {
  readonly from: Table['sets']
  readonly sets: Table['sets']
}

/** Where a back end has something of a node's own. */
export type OwnBackend = Pick<Backend, 'lastRules' | 'ownSets'>

export class OwnParts {
  readonly #backend: OwnBackend
  readonly #settings: ProxySettings
  readonly #elements: NodeElements
  readonly #made = new Map<string, Made>()

  constructor(backend: OwnBackend, settings: ProxySettings, elements: NodeElements) {
    this.#backend = backend
    this.#settings = settings
    this.#elements = elements
  }

  /** The tables with what is the node's own. `delta` is by how much the node lags behind. */
  at(from: Ruleset, nodeName: string, nodeIPs: readonly Ip[], delta: ElementDelta): Ruleset {
    const made = this.#madeFor(nodeName, nodeIPs)
    const { sets, last } = made
    if (sets.length === 0 && last.length === 0) return from
    const own = sets.map(({ id }) => this.#elements.of(nodeName, id, delta))
    if (!isEach(own, made.own)) made.tables.clear()
    else if (made.from === from && made.ruleset !== undefined) return made.ruleset
    const withRules = last.length === 0 ? from : withLast(from, last)
    made.from = from
    made.own = own
    made.ruleset = sets.length === 0 ? withRules : withOwn(withRules, made)
    return made.ruleset
  }

  #madeFor(nodeName: string, nodeIPs: readonly Ip[]): Made {
    const known = this.#made.get(nodeName)
    if (known !== undefined && isSame(known.nodeIPs, nodeIPs)) return known
    const sets = (this.#backend.ownSets?.(this.#settings, nodeIPs) ?? []).map(({ table, set }) => ({
      table,
      id: setId(table, set.name),
      set,
    }))
    const last = lastRulesAt(this.#backend, this.#settings, nodeIPs)
    const made: Made = {
      nodeIPs,
      sets,
      last,
      from: undefined,
      own: [],
      ruleset: undefined,
      tables: new Map(),
    }
    this.#made.set(nodeName, made)
    return made
  }
}

const isEach = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at])

const isSame = (a: readonly Ip[], b: readonly Ip[]): boolean =>
  a === b || (a.length === b.length && a.every(({ value }, at) => value === b[at]?.value))

const lastRulesAt = (
  { lastRules }: OwnBackend,
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
const withOwn = (ruleset: Ruleset, made: Made): Ruleset => {
  let result = ruleset
  const { sets, tables } = made
  for (let start = 0; start < sets.length;) {
    const { table: key } = sets[start]!
    let end = start + 1
    while (sets[end]?.table === key) end++
    const table = ruleset.get(key)!
    let known = tables.get(key)
    if (known?.from !== table.sets)
      tables.set(key, (known = { from: table.sets, sets: withOwnSets(table, made, start, end) }))
    const after: Mutable<Table> = { ...table }
    after.sets = known.sets
    result = result.with(key, after)
    start = end
  }
  return result
}

/** Those from `start` to `end` are the table's. */
const withOwnSets = (table: Table, made: Made, start: number, end: number): Table['sets'] => {
  const changed: [string, ElementSet][] = []
  for (let at = start; at < end; at++) {
    const { set } = made.sets[at]!
    const before = table.sets.get(set.name)
    if (before === undefined)
      throw new Error(`${table.name} has no set ${set.name} for a node's own`)
    // what the node has by its endpoints and anyway, and what bundles say that are the node's own
    const elements = union(union(made.own[at]!, set.elements), before.elements)
    changed.push([set.name, { ...before, elements }])
  }
  return table.sets.withChanges(changed)
}

const union = (
  a: PersistentMap<SetElement>,
  b: PersistentMap<SetElement>,
): PersistentMap<SetElement> => {
  if (a.size === 0) return b
  return b.size === 0 ? a : a.withChanges(b.entries())
}
