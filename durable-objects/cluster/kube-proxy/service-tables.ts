// The tables of all proxies that are set up alike. What does not depend on the node is written once and shared; a node whose Services
// send it elsewhere than the others (traffic policy Local, hints) keeps tables of its own and catches up when somebody looks.
import type { Ip } from '#net/ip.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import { baseState, type TableState, withBundles } from './apply-bundles.ts'
import type { Backend, OwnElement, ProxySettings } from './backend.ts'
import type { Bundle } from './bundle.ts'
import type { ProxyEndpoint } from './endpoint.ts'
import { NodeElements } from './node-elements.ts'
import { portKey, type ServicePort } from './service-port.ts'
import { dependsOnNode, type NodePlace } from './topology.ts'

/** One port of a Service and where it leads. */
export interface PortInput {
  readonly port: ServicePort
  readonly endpoints: readonly ProxyEndpoint[]
}

/** The ports of a Service, by its `namespace/name`; none if it is gone. */
export type ServiceInputs = ReadonlyMap<string, readonly PortInput[]>

interface NodeTables {
  state: TableState
  /** How much of the journal is in it. */
  version: number
}

/** More changes than this are caught up with by starting from the shared tables. */
const JOURNAL_LIMIT = 512

export class ServiceTables {
  readonly #backend: Backend
  readonly #settings: ProxySettings
  #shared: TableState
  /** The ports as they were last written, by Service. */
  readonly #ports = new Map<string, readonly PortInput[]>()
  /** Those that nodes see differently, by key. */
  readonly #dependent = new Map<string, PortInput>()
  readonly #nodes = new Map<string, NodeTables>()
  readonly #own = new NodeElements()
  /** The keys of the ports that changed, oldest first. */
  #journal: string[] = []
  #journalStart = 0

  /** `nodeIPs`: of the only node that uses these tables; none if nodes share them. */
  constructor(backend: Backend, settings: ProxySettings, nodeIPs: readonly Ip[] = []) {
    this.#backend = backend
    this.#settings = settings
    this.#shared = baseState(backend.base(settings, nodeIPs), backend.lastRules(settings, nodeIPs))
  }

  /** Writes Services anew. */
  update(inputs: ServiceInputs): void {
    const bundles = new Map<string, Bundle | undefined>()
    for (const [service, ports] of inputs) {
      const before = this.#ports.get(service) ?? []
      for (const input of before) this.#forget(input, bundles)
      for (const input of ports) this.#write(input, bundles)
      this.#replaceOwn(before, ports)
      if (ports.length === 0) this.#ports.delete(service)
      else this.#ports.set(service, ports)
    }
    this.#shared = withBundles(this.#shared, bundles)
    for (const key of bundles.keys()) this.#journal.push(key)
    const excess = this.#journal.length - JOURNAL_LIMIT
    if (excess <= 0) return
    this.#journal = this.#journal.slice(excess)
    this.#journalStart += excess
  }

  /** What a node's kernel holds. `stale`: what its proxy last knew of Services that have changed since. */
  at(place: NodePlace, nodeIPs: readonly Ip[], stale: ServiceInputs = new Map()): Ruleset {
    const known = this.#dependent.size === 0 ? this.#shared : this.#caughtUp(place)
    const { ruleset } =
      stale.size === 0 ? known : withBundles(known, this.#staleBundles(place, stale))
    return this.#withOwnSets(ruleset, place.nodeName, nodeIPs)
  }

  #withOwnSets(ruleset: Ruleset, nodeName: string, nodeIPs: readonly Ip[]): Ruleset {
    const own = this.#backend.ownSets?.(this.#settings, nodeIPs) ?? []
    return applyChanges(
      ruleset,
      own.map(({ table, set }) => {
        // what bundles that are the node's own say, and what the shared ones left out
        const listed = ruleset.get(table)?.sets.get(set.name)?.elements.entries() ?? []
        const added = this.#own.of(nodeName, table, set.name).entries()
        const elements = set.elements.withChanges([...listed, ...added])
        return { kind: 'set', table, set: { ...set, elements } }
      }),
    )
  }

  #forget(input: PortInput, bundles: Map<string, Bundle | undefined>): void {
    const key = portKey(input.port.name)
    this.#dependent.delete(key)
    bundles.set(key, undefined)
  }

  /** Mostly the same objects before and after. */
  #replaceOwn(before: readonly PortInput[], after: readonly PortInput[]): void {
    const gone = this.#ownOf(before)
    for (const own of this.#ownOf(after))
      if (!gone.delete(own)) this.#own.add(own.nodeName, [own.element])
    for (const { nodeName, element } of gone) this.#own.remove(nodeName, [element])
  }

  #ownOf(inputs: readonly PortInput[]): Set<OwnElement> {
    const { ownElements } = this.#backend
    const found = new Set<OwnElement>()
    if (ownElements === undefined) return found
    for (const { port, endpoints } of inputs)
      if (!dependsOnNode(endpoints, port))
        for (const own of ownElements(port, endpoints, this.#settings)) found.add(own)
    return found
  }

  #write(input: PortInput, bundles: Map<string, Bundle | undefined>): void {
    const { port, endpoints } = input
    const key = portKey(port.name)
    if (dependsOnNode(endpoints, port)) this.#dependent.set(key, input)
    else bundles.set(key, this.#bundle(input, ANYWHERE))
    // a port that nodes see differently is in no shared table, but each node has to look at it
    if (!bundles.has(key)) bundles.set(key, undefined)
  }

  #bundle({ port, endpoints }: PortInput, place: NodePlace): Bundle {
    return this.#backend.bundle(port, endpoints, place, this.#settings)
  }

  #caughtUp(place: NodePlace): TableState {
    const id = JSON.stringify(place)
    const end = this.#journalStart + this.#journal.length
    let node = this.#nodes.get(id)
    if (node?.version === end) return node.state
    if (node === undefined || node.version < this.#journalStart)
      node = { state: withBundles(this.#shared, this.#dependentBundles(place)), version: end }
    else {
      const keys = this.#journal.slice(node.version - this.#journalStart)
      const bundles = new Map(keys.map((key) => [key, this.#bundleAt(key, place)]))
      node = { state: withBundles(node.state, bundles), version: end }
    }
    this.#nodes.set(id, node)
    return node.state
  }

  #bundleAt(key: string, place: NodePlace): Bundle | undefined {
    const input = this.#dependent.get(key)
    return input === undefined ? this.#shared.bundles.get(key) : this.#bundle(input, place)
  }

  #dependentBundles(place: NodePlace): ReadonlyMap<string, Bundle> {
    return new Map([...this.#dependent].map(([key, input]) => [key, this.#bundle(input, place)]))
  }

  #staleBundles(place: NodePlace, stale: ServiceInputs): ReadonlyMap<string, Bundle | undefined> {
    const bundles = new Map<string, Bundle | undefined>()
    for (const [service, ports] of stale) {
      for (const { port } of this.#ports.get(service) ?? [])
        bundles.set(portKey(port.name), undefined)
      for (const input of ports) bundles.set(portKey(input.port.name), this.#bundle(input, place))
    }
    return bundles
  }
}

/** For ports that all nodes see alike. */
const ANYWHERE: NodePlace = Object.freeze({ nodeName: '', zone: '' })
