// The tables of all proxies that are set up alike. What does not depend on the node is written once and shared; a node whose Services
// send it elsewhere than the others (traffic policy Local, hints) keeps tables of its own and catches up when somebody looks.
import { equal } from '#apimachinery/object.ts'
import type { Ip } from '#net/ip.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import { baseState, type TableState, withBundles } from './apply-bundles.ts'
import type { Backend, ProxySettings } from './backend.ts'
import type { Bundle } from './bundle.ts'
import type { ProxyEndpoint } from './endpoint.ts'
import { type ElementDelta, NodeElements } from './node-elements.ts'
import { viewOf } from './node-view.ts'
import { OwnParts } from './own-parts.ts'
import { reuseBundle } from './reuse-bundle.ts'
import { portKey, type ServicePort } from './service-port.ts'
import { dependsOnNode, type NodePlace } from './topology.ts'

/** One port of a Service and where it leads. */
export interface PortInput {
  readonly port: ServicePort
  readonly endpoints: readonly ProxyEndpoint[]
}

/** The ports of a Service, by its `namespace/name`; none if it is gone. */
export type ServiceInputs = ReadonlyMap<string, readonly PortInput[]>

/** A port that nodes see differently, and what was written for each view of it. */
interface DependentPort {
  readonly input: PortInput
  readonly bundles: Map<string, Bundle>
  /** One that was written for the port before it changed: what is equal stays the same. */
  readonly before: Bundle | undefined
}

interface NodeTables {
  readonly place: NodePlace
  readonly state: TableState
  /** How much of the journal is in it. */
  readonly version: number
}

type Bundles = Map<string, Bundle | undefined>

/** More changes than this are caught up with by starting from the shared tables. */
const JOURNAL_LIMIT = 512

/** For ports that all nodes see alike. */
const ANYWHERE: NodePlace = Object.freeze({ nodeName: '', zone: '' })

const NOTHING: ServiceInputs = new Map()
const NO_DELTA: ElementDelta = { removed: [], added: [] }

export class ServiceTables {
  readonly #backend: Backend
  #settings: ProxySettings
  #shared: TableState
  /** The ports as they were last written, by Service. */
  readonly #ports = new Map<string, readonly PortInput[]>()
  #endpointCount = 0
  readonly #dependent = new Map<string, DependentPort>()
  readonly #nodes = new Map<string, NodeTables>()
  readonly #own = new NodeElements()
  readonly #ownParts: OwnParts
  /** The keys of the ports that changed, oldest first. */
  #journal: string[] = []
  #journalStart = 0

  constructor(backend: Backend, settings: ProxySettings) {
    this.#backend = backend
    this.#settings = settings
    this.#shared = baseState(backend.base(settings, []), backend.lastRules(settings, []))
    this.#ownParts = new OwnParts(backend, settings, this.#own)
  }

  /** Writes Services anew. */
  update(inputs: ServiceInputs): void {
    const changed = new Map<string, PortInput | undefined>()
    for (const [service, ports] of inputs) this.#replace(service, ports, changed)
    if (this.#growsOrShrinks()) {
      // every rule about an endpoint is another one
      this.#nodes.clear()
      for (const ports of this.#ports.values())
        for (const input of ports) changed.set(portKey(input.port.name), input)
    }
    const bundles: Bundles = new Map()
    for (const [key, input] of changed) bundles.set(key, this.#sharedBundle(key, input))
    this.#shared = withBundles(this.#shared, bundles)
    this.#note(bundles.keys())
  }

  /** What a node's kernel holds. `stale`: what its proxy last knew of Services that have changed since. */
  at(place: NodePlace, nodeIPs: readonly Ip[], stale: ServiceInputs = NOTHING): Ruleset {
    const known = this.#dependent.size === 0 ? this.#shared : this.#caughtUp(place)
    const { ruleset } =
      stale.size === 0 ? known : withBundles(known, this.#staleBundles(place, stale))
    return this.#ownParts.at(ruleset, place.nodeName, nodeIPs, this.#staleElements(place, stale))
  }

  #replace(
    service: string,
    ports: readonly PortInput[],
    changed: Map<string, PortInput | undefined>,
  ): void {
    const before = this.#ports.get(service) ?? []
    if (ports.length === 0) this.#ports.delete(service)
    else this.#ports.set(service, ports)
    const known = new Map(before.map((input) => [portKey(input.port.name), input]))
    for (const input of ports) {
      const key = portKey(input.port.name)
      const old = known.get(key)
      known.delete(key)
      if (old !== undefined && isSameInput(old, input)) continue
      this.#count(old, -1)
      this.#count(input, 1)
      changed.set(key, input)
    }
    for (const [key, old] of known) {
      this.#count(old, -1)
      changed.set(key, undefined)
    }
  }

  #count(input: PortInput | undefined, by: 1 | -1): void {
    if (input === undefined) return
    this.#endpointCount += by * input.endpoints.length
    for (const { nodeName, element } of this.#ownElements(input))
      if (by === 1) this.#own.add(nodeName, element)
      else this.#own.remove(nodeName, element)
  }

  #ownElements({ port, endpoints }: PortInput) {
    const { ownElements } = this.#backend
    return ownElements === undefined || dependsOnNode(endpoints, port)
      ? []
      : ownElements(port, endpoints, this.#settings)
  }

  /** Beyond a number of endpoints rules are written in another way. */
  #growsOrShrinks(): boolean {
    const { largeClusterEndpoints = Infinity } = this.#backend
    const isLargeCluster = this.#endpointCount > largeClusterEndpoints
    if (isLargeCluster === (this.#settings.isLargeCluster === true)) return false
    this.#settings = { ...this.#settings, isLargeCluster }
    return true
  }

  /** What all nodes have of a port. Undefined: it is gone, or each node has to look at it. */
  #sharedBundle(key: string, input: PortInput | undefined): Bundle | undefined {
    const [known = this.#shared.bundles.get(key)] = this.#dependent.get(key)?.bundles.values() ?? []
    this.#dependent.delete(key)
    if (input === undefined) return undefined
    if (!dependsOnNode(input.endpoints, input.port))
      return reuseBundle(known, this.#bundle(input, ANYWHERE))
    this.#dependent.set(key, { input, bundles: new Map(), before: known })
    return undefined
  }

  #note(keys: Iterable<string>): void {
    for (const key of keys) this.#journal.push(key)
    const excess = this.#journal.length - JOURNAL_LIMIT
    if (excess <= 0) return
    this.#journal = this.#journal.slice(excess)
    this.#journalStart += excess
    for (const [name, { version }] of this.#nodes)
      if (version < this.#journalStart) this.#nodes.delete(name)
  }

  #bundle({ port, endpoints }: PortInput, place: NodePlace): Bundle {
    return this.#backend.bundle(port, endpoints, place, this.#settings)
  }

  #caughtUp(place: NodePlace): TableState {
    const end = this.#journalStart + this.#journal.length
    const node = this.#nodes.get(place.nodeName)
    const isKnown = node !== undefined && equal(node.place, place)
    if (isKnown && node.version === end) return node.state
    const state = isKnown
      ? withBundles(node.state, this.#bundlesSince(node.version, place))
      : withBundles(this.#shared, this.#dependentBundles(place))
    this.#nodes.set(place.nodeName, { place, state, version: end })
    return state
  }

  #bundlesSince(version: number, place: NodePlace): Bundles {
    const keys = this.#journal.slice(version - this.#journalStart)
    return new Map(
      keys.map((key) => {
        const dependent = this.#dependent.get(key)
        return [key, dependent ? this.#bundleAt(dependent, place) : this.#shared.bundles.get(key)]
      }),
    )
  }

  #dependentBundles(place: NodePlace): Bundles {
    return new Map(
      [...this.#dependent].map(([key, dependent]) => [key, this.#bundleAt(dependent, place)]),
    )
  }

  #bundleAt({ input, bundles, before }: DependentPort, place: NodePlace): Bundle {
    const view = viewOf(input.port, input.endpoints, place)
    const known = bundles.get(view)
    if (known !== undefined) return known
    const bundle = reuseBundle(before, this.#bundle(input, place))
    bundles.set(view, bundle)
    return bundle
  }

  #staleBundles(place: NodePlace, stale: ServiceInputs): Bundles {
    const bundles: Bundles = new Map()
    for (const [service, ports] of stale) {
      for (const { port } of this.#ports.get(service) ?? [])
        bundles.set(portKey(port.name), undefined)
      for (const input of ports) bundles.set(portKey(input.port.name), this.#bundle(input, place))
    }
    return bundles
  }

  /** Elements of the node's own sets that are not as the stale Services have it. */
  #staleElements({ nodeName }: NodePlace, stale: ServiceInputs): ElementDelta {
    if (stale.size === 0) return NO_DELTA
    const isHere = (input: PortInput) =>
      this.#ownElements(input).flatMap((own) => (own.nodeName === nodeName ? [own.element] : []))
    const removed = [...stale.keys()].flatMap((key) => (this.#ports.get(key) ?? []).flatMap(isHere))
    const added = [...stale.values()].flatMap((ports) => ports.flatMap(isHere))
    return { removed, added }
  }
}

export const isSameInput = (a: PortInput, b: PortInput): boolean =>
  equal(a.port, b.port) && equal(a.endpoints, b.endpoints)
