// Puts what the back end wrote for Service ports into tables, and takes out what it wrote before: the cost follows from what changed.
import { equal } from '#apimachinery/object.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Rule } from '#netfilter/rule.ts'
import { EMPTY_RULESET, type Change, type Ruleset, type SetElement } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import type { Bundle, BundleElement, BundleRules } from './bundle.ts'
import { reuseBundle } from './reuse-bundle.ts'
import { rulesOf, type SharedChain, withParts } from './shared-chain.ts'

/** A port that asks for an element. */
interface ElementUse {
  readonly port: string
  readonly element: SetElement
}

/** The tables of a proxy and what they are made of. Immutable: nodes whose input is equal hold the same one. */
export interface TableState {
  readonly ruleset: Ruleset
  /** By the port's key. */
  readonly bundles: PersistentMap<Bundle>
  /** By `table chain`. */
  readonly shared: PersistentMap<SharedChain>
  /**
   * The ports that ask for an element, by `table set key`, in the order of their keys. Where they do not agree, the first has its way,
   * whichever came first: what there is follows from the Services, not from their history.
   */
  readonly uses: PersistentMap<readonly ElementUse[]>
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
  for (const [key, bundle] of bundles) plan.replace(key, bundle)
  return plan.done()
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

interface ElementChange {
  readonly place: BundleElement
  /** What a port asks for from now on; undefined: it does not any more. */
  readonly ports: Map<string, SetElement | undefined>
}

/** Collects what a transaction has to do, so that each shared chain and each element is written once. */
class Plan {
  readonly #state: TableState
  /** The transaction is judged as a whole: the order of the changes does not matter. */
  readonly #changes: Change[] = []
  readonly #bundles = new Map<string, Bundle | undefined>()
  readonly #parts = new Map<string, Map<string, readonly Rule[] | undefined>>()
  readonly #elements = new Map<string, ElementChange>()

  constructor(state: TableState) {
    this.#state = state
  }

  replace(key: string, bundle: Bundle | undefined): void {
    const before = this.#state.bundles.get(key)
    const after = bundle && reuseBundle(before, bundle)
    if (before === after) return
    this.#bundles.set(key, after)
    if (before?.chains !== after?.chains) this.#replaceChains(before?.chains, after?.chains)
    if (before?.sets !== after?.sets) this.#replaceSets(before?.sets, after?.sets)
    if (before?.rules !== after?.rules) this.#replaceRules(key, before?.rules, after?.rules)
    if (before?.elements === after?.elements) return
    for (const element of before?.elements ?? []) this.#elementAt(element).ports.set(key, undefined)
    for (const element of after?.elements ?? [])
      this.#elementAt(element).ports.set(key, element.element)
  }

  done(): TableState {
    if (this.#bundles.size === 0) return this.#state
    const shared = this.#sharedChains()
    const uses = this.#uses()
    return {
      ruleset: applyChanges(this.#state.ruleset, this.#changes),
      bundles: this.#state.bundles.withChanges(this.#bundles),
      shared,
      uses,
    }
  }

  #replaceChains(before: Bundle['chains'] = [], after: Bundle['chains'] = []): void {
    const known = new Map(before.map((entry) => [idOf(entry.table, entry.chain.name), entry]))
    for (const { table, chain } of after) {
      const id = idOf(table, chain.name)
      if (known.get(id)?.chain !== chain) this.#changes.push({ kind: 'chain', table, chain })
      known.delete(id)
    }
    for (const { table, chain } of known.values())
      this.#changes.push({ kind: 'deleteChain', table, name: chain.name })
  }

  #replaceSets(before: Bundle['sets'] = [], after: Bundle['sets'] = []): void {
    const known = new Map(before.map((entry) => [idOf(entry.table, entry.set.name), entry]))
    for (const { table, set } of after) {
      const id = idOf(table, set.name)
      if (known.get(id)?.set !== set) this.#changes.push({ kind: 'set', table, set })
      known.delete(id)
    }
    for (const { table, set } of known.values())
      this.#changes.push({ kind: 'deleteSet', table, name: set.name })
  }

  #replaceRules(key: string, before: Bundle['rules'] = [], after: Bundle['rules'] = []): void {
    const known = new Map(before.map((entry) => [idOf(entry.table, entry.chain), entry.rules]))
    for (const { table, chain, rules } of after) {
      const id = idOf(table, chain)
      if (known.get(id) !== rules) this.#partsOf(id).set(key, rules)
      known.delete(id)
    }
    for (const id of known.keys()) this.#partsOf(id).set(key, undefined)
  }

  #partsOf(id: string): Map<string, readonly Rule[] | undefined> {
    let parts = this.#parts.get(id)
    if (parts === undefined) this.#parts.set(id, (parts = new Map()))
    return parts
  }

  #sharedChains(): PersistentMap<SharedChain> {
    const changed = new Map<string, SharedChain>()
    for (const [id, parts] of this.#parts) {
      const before = this.#state.shared.get(id)
      if (before === undefined) throw new Error(`${id} is no chain that Services share`)
      const after = withParts(before, parts)
      changed.set(id, after)
      this.#changes.push(chainChange(this.#state.ruleset, after))
    }
    return this.#state.shared.withChanges(changed)
  }

  #elementAt(place: BundleElement): ElementChange {
    const id = `${idOf(place.table, place.set)} ${place.key}`
    let change = this.#elements.get(id)
    if (change === undefined) this.#elements.set(id, (change = { place, ports: new Map() }))
    return change
  }

  #uses(): PersistentMap<readonly ElementUse[]> {
    const changed = new Map<string, readonly ElementUse[] | undefined>()
    for (const [id, { place, ports }] of this.#elements) {
      const { table, set, key } = place
      const before = this.#state.uses.get(id) ?? NO_USES
      const after = usesAfter(before, ports)
      changed.set(id, after.length === 0 ? undefined : after)
      const element = after[0]?.element
      // one port may ask twice for the same, as for an address that is external and a load balancer's
      if (equal(element, before[0]?.element)) continue
      if (element === undefined) this.#changes.push({ kind: 'deleteElement', table, set, key })
      else this.#changes.push({ kind: 'element', table, set, key, element })
    }
    return this.#state.uses.withChanges(changed)
  }
}

const NO_USES: readonly ElementUse[] = Object.freeze([])

const usesAfter = (
  before: readonly ElementUse[],
  ports: ReadonlyMap<string, SetElement | undefined>,
): readonly ElementUse[] => {
  const uses = before.filter(({ port }) => !ports.has(port))
  for (const [port, element] of ports) if (element !== undefined) uses.push({ port, element })
  return uses.length < 2 ? uses : uses.sort((a, b) => (a.port < b.port ? -1 : 1))
}
