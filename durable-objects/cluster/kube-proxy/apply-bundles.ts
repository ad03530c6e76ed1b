// Puts what the back end wrote for Service ports into tables, and takes out what it wrote before: the cost follows from what changed.
import { PersistentMap } from '#netfilter/persistent-map.ts'
import { EMPTY_RULESET, type Change, type Ruleset } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import type { Bundle, BundleElement, BundleRules } from './bundle.ts'
import { rulesOf, type SharedChain, withParts } from './shared-chain.ts'

/** The tables of a proxy and what they are made of. Immutable: nodes whose input is equal hold the same one. */
export interface TableState {
  readonly ruleset: Ruleset
  /** By the port's key. */
  readonly bundles: PersistentMap<Bundle>
  /** By `table chain`. */
  readonly shared: PersistentMap<SharedChain>
  /** How many ports ask for an element, by `table set key`. */
  readonly uses: PersistentMap<number>
}

/** The tables of a proxy that has just started. */
export const baseState = (base: readonly Change[], last: readonly BundleRules[]): TableState => {
  const chains = new Map<string, SharedChain>()
  for (const { table, chain, rules } of last)
    chains.set(idOf(table, chain), { table, chain, keys: [], parts: [], last: rules })
  const shared = PersistentMap.of(chains)
  const ruleset = applyChanges(EMPTY_RULESET, base)
  return {
    ruleset: applyChanges(
      ruleset,
      [...chains.values()].map((chain) => chainChange(ruleset, chain)),
    ),
    bundles: PersistentMap.empty(),
    shared,
    uses: PersistentMap.empty(),
  }
}

/** The tables with some ports written anew; undefined takes a port away. One transaction. */
export const withBundles = (
  state: TableState,
  bundles: ReadonlyMap<string, Bundle | undefined>,
): TableState => {
  const plan = new Plan(state)
  for (const [key, bundle] of bundles) plan.replace(key, state.bundles.get(key), bundle)
  return plan.done(bundles)
}

const idOf = (table: string, name: string): string => `${table} ${name}`

const chainChange = (ruleset: Ruleset, shared: SharedChain): Change => {
  const before = ruleset.get(shared.table)?.chains.get(shared.chain)
  return {
    kind: 'chain',
    table: shared.table,
    chain: { ...before, name: shared.chain, rules: rulesOf(shared) },
  }
}

/** Collects what a transaction has to do, so that each shared chain is written once. */
class Plan {
  readonly #state: TableState
  /** What comes in before what refers to it goes out: the transaction is judged as a whole, so that the order is for readers. */
  readonly #changes: Change[] = []
  readonly #parts = new Map<string, Map<string, BundleRules | undefined>>()
  readonly #uses = new Map<string, { element: BundleElement; count: number }>()

  constructor(state: TableState) {
    this.#state = state
  }

  replace(key: string, before: Bundle | undefined, after: Bundle | undefined): void {
    if (before === after) return
    this.#replaceChains(before?.chains ?? [], after?.chains ?? [])
    this.#replaceSets(before?.sets ?? [], after?.sets ?? [])
    for (const rules of before?.rules ?? []) this.#partsOf(rules).set(key, undefined)
    for (const rules of after?.rules ?? []) this.#partsOf(rules).set(key, rules)
    for (const element of before?.elements ?? []) this.#use(element, -1)
    for (const element of after?.elements ?? []) this.#use(element, 1)
  }

  done(bundles: ReadonlyMap<string, Bundle | undefined>): TableState {
    const shared = this.#sharedChains()
    const uses = this.#elements()
    if (this.#changes.length === 0) return this.#state
    return {
      ruleset: applyChanges(this.#state.ruleset, this.#changes),
      bundles: this.#state.bundles.withChanges(bundles),
      shared,
      uses,
    }
  }

  #replaceChains(before: Bundle['chains'], after: Bundle['chains']): void {
    const known = new Map(before.map((entry) => [idOf(entry.table, entry.chain.name), entry]))
    for (const { table, chain } of after) {
      const id = idOf(table, chain.name)
      if (known.get(id)?.chain !== chain) this.#changes.push({ kind: 'chain', table, chain })
      known.delete(id)
    }
    for (const { table, chain } of known.values())
      this.#changes.push({ kind: 'deleteChain', table, name: chain.name })
  }

  #replaceSets(before: Bundle['sets'], after: Bundle['sets']): void {
    const known = new Map(before.map((entry) => [idOf(entry.table, entry.set.name), entry]))
    for (const { table, set } of after) {
      const id = idOf(table, set.name)
      if (known.get(id)?.set !== set) this.#changes.push({ kind: 'set', table, set })
      known.delete(id)
    }
    for (const { table, set } of known.values())
      this.#changes.push({ kind: 'deleteSet', table, name: set.name })
  }

  #partsOf({ table, chain }: BundleRules): Map<string, BundleRules | undefined> {
    const id = idOf(table, chain)
    let parts = this.#parts.get(id)
    if (parts === undefined) this.#parts.set(id, (parts = new Map()))
    return parts
  }

  #sharedChains(): PersistentMap<SharedChain> {
    const changed = new Map<string, SharedChain>()
    for (const [id, parts] of this.#parts) {
      const before = this.#state.shared.get(id)
      if (before === undefined) throw new Error(`${id} is no chain that Services share`)
      const rules = new Map([...parts].map(([key, part]) => [key, part?.rules]))
      const after = withParts(before, rules)
      changed.set(id, after)
      this.#changes.push(chainChange(this.#state.ruleset, after))
    }
    return this.#state.shared.withChanges(changed)
  }

  #use(element: BundleElement, by: number): void {
    const id = `${idOf(element.table, element.set)} ${element.key}`
    const use = this.#uses.get(id)
    // what comes in last is what the element says
    if (use === undefined) this.#uses.set(id, { element, count: by })
    else this.#uses.set(id, { element: by > 0 ? element : use.element, count: use.count + by })
  }

  #elements(): PersistentMap<number> {
    const counts = new Map<string, number | undefined>()
    for (const [id, { element, count }] of this.#uses) {
      const { table, set, key } = element
      const before = this.#state.uses.get(id) ?? 0
      const after = before + count
      counts.set(id, after === 0 ? undefined : after)
      if (after === 0) this.#changes.push({ kind: 'deleteElement', table, set, key })
      else this.#changes.push({ kind: 'element', table, set, key, element: element.element })
    }
    return this.#state.uses.withChanges(counts)
  }
}
