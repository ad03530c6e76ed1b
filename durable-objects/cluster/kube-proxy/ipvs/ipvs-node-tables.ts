// The tables of nodes in mode ipvs. Ports that have nothing but a cluster IP are written once and shared, and what is each node's own of
// them is laid over: the endpoints that run on the node itself. Where a port has more, such as virtual servers at the node's own
// addresses, each node has tables of its own, and catches up with what changed when somebody looks.
import type { Ip } from '#net/ip.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import type { OwnElement, ProxySettings } from '#kube-proxy/backend.ts'
import { type ElementDelta, NodeElements, setId } from '#kube-proxy/node-elements.ts'
import { OwnParts } from '#kube-proxy/own-parts.ts'
import { isExternallyAccessible, portKey } from '#kube-proxy/service-port.ts'
import { isSameInput, type PortInput, type ServiceInputs } from '#kube-proxy/service-tables.ts'
import { dependsOnNode, type NodePlace } from '#kube-proxy/topology.ts'
import { emptySet, NAT } from './ip-sets.ts'
import { type IpvsNode, ipvsPart, type IpvsPart, PROTOCOLS } from './ipvs-part.ts'
import { ipvsBase, type IpvsTables, withIpvsParts, withLoopBackRule } from './ipvs-tables.ts'
import { LOOP_BACK, loopBacks } from './loop-back.ts'

/** What a node's kernel holds in mode ipvs. */
export interface IpvsKernel {
  readonly ruleset: Ruleset
  readonly servers: VirtualServers
}

interface State {
  tables: IpvsTables
  /** Keys of ports that changed since. */
  readonly pending: Set<string>
  /** Made of the tables' ruleset when it was asked for. */
  withRule: { readonly from: Ruleset; readonly ruleset: Ruleset } | undefined
}

/** Sees what all nodes see alike: it runs no endpoints and has no addresses. */
const NOWHERE: IpvsNode = { place: { nodeName: '', zone: '' }, addresses: [] }

const NO_DELTA: ElementDelta = { removed: [], added: [] }
const NOTHING: ServiceInputs = new Map()
const LOOP_BACK_ID = setId(NAT, LOOP_BACK)

const OWN = {
  lastRules: () => [],
  ownSets: () => [{ table: NAT, set: emptySet(LOOP_BACK) }],
}

const isPlain = ({ port, endpoints }: PortInput): boolean =>
  !isExternallyAccessible(port) && port.healthCheckNodePort === 0 && !dependsOnNode(endpoints, port)

/** What nodes list of a port that is the same for all otherwise. The parts of other ports have it in them. */
const ownElements = (input: PortInput | undefined): readonly OwnElement[] =>
  input !== undefined && isPlain(input)
    ? loopBacks(input.endpoints, PROTOCOLS[input.port.protocol])
    : []

export class IpvsNodeTables {
  readonly #settings: ProxySettings
  readonly #services = new Map<string, readonly PortInput[]>()
  /** By the port's key. */
  readonly #ports = new Map<string, PortInput>()
  /** Keys of the ports that are not plain. */
  readonly #dependent = new Set<string>()
  /** By place and addresses; none as long as all ports are plain. */
  readonly #nodes = new Map<string, State>()
  /** The plain ports, as a node has them where none of their endpoints run. */
  readonly #shared: State
  readonly #own = new NodeElements()
  readonly #ownParts: OwnParts

  constructor(settings: ProxySettings) {
    this.#settings = settings
    this.#shared = newState(ipvsBase(settings))
    this.#ownParts = new OwnParts(OWN, settings, this.#own)
  }

  /** Takes in Services that changed. */
  update(inputs: ServiceInputs): void {
    const changed = new Set<string>()
    for (const [service, ports] of inputs) {
      const gone = new Set((this.#services.get(service) ?? []).map(keyOf))
      for (const input of ports) {
        gone.delete(keyOf(input))
        this.#replace(keyOf(input), input, changed)
      }
      for (const key of gone) this.#replace(key, undefined, changed)
      if (ports.length === 0) this.#services.delete(service)
      else this.#services.set(service, ports)
    }
    if (this.#dependent.size === 0) this.#nodes.clear()
    for (const { pending } of [this.#shared, ...this.#nodes.values()])
      for (const key of changed) pending.add(key)
  }

  /** What a node's kernel holds. `stale`: what its proxy last knew of Services that have changed since. */
  at(place: NodePlace, addresses: readonly Ip[], stale: ServiceInputs = NOTHING): IpvsKernel {
    this.#catchUp(this.#shared, (key) => this.#sharedPart(key))
    const node: IpvsNode = { place, addresses }
    const known = this.#dependent.size === 0 ? this.#shared : this.#stateOf(node)
    const delta = this.#staleElements(node, stale)
    const state = stale.size === 0 ? known : this.#staleState(known, node, stale)
    const own = this.#own.of(place.nodeName, LOOP_BACK_ID, delta)
    const from = own.size === 0 ? state.tables.tables.ruleset : this.#rulesetWithRule(state)
    return {
      ruleset: this.#ownParts.at(from, place.nodeName, addresses, delta),
      servers: state.tables.servers,
    }
  }

  #replace(key: string, input: PortInput | undefined, changed: Set<string>): void {
    const before = this.#ports.get(key)
    if (before !== undefined && input !== undefined && isSameInput(before, input)) return
    for (const { nodeName, element } of ownElements(before)) this.#own.remove(nodeName, element)
    for (const { nodeName, element } of ownElements(input)) this.#own.add(nodeName, element)
    if (input === undefined) this.#ports.delete(key)
    else this.#ports.set(key, input)
    if (input === undefined || isPlain(input)) this.#dependent.delete(key)
    else this.#dependent.add(key)
    changed.add(key)
  }

  #stateOf(node: IpvsNode): State {
    const id = JSON.stringify([node.place, node.addresses])
    let state = this.#nodes.get(id)
    if (state === undefined) {
      state = newState(this.#shared.tables, this.#dependent)
      this.#nodes.set(id, state)
    }
    this.#catchUp(state, (key) => this.#part(key, node))
    return state
  }

  #catchUp(state: State, partOf: (key: string) => IpvsPart | undefined): void {
    if (state.pending.size === 0) return
    const parts = new Map([...state.pending].map((key) => [key, partOf(key)]))
    state.tables = withIpvsParts(state.tables, parts, this.#settings)
    state.pending.clear()
  }

  #sharedPart(key: string): IpvsPart | undefined {
    const input = this.#ports.get(key)
    return input === undefined || !isPlain(input) ? undefined : this.#written(input, NOWHERE)
  }

  #part(key: string, node: IpvsNode): IpvsPart | undefined {
    const input = this.#ports.get(key)
    if (input === undefined) return undefined
    return this.#shared.tables.parts.get(key) ?? this.#written(input, node)
  }

  #written({ port, endpoints }: PortInput, node: IpvsNode): IpvsPart {
    return ipvsPart(port, endpoints, node, this.#settings)
  }

  /** Nodes share it: the rule is the same for all that have such endpoints. */
  #rulesetWithRule(state: State): Ruleset {
    const { ruleset: from } = state.tables.tables
    if (state.withRule?.from !== from)
      state.withRule = { from, ruleset: withLoopBackRule(from, this.#settings) }
    return state.withRule.ruleset
  }

  #staleState({ tables }: State, node: IpvsNode, stale: ServiceInputs): State {
    const parts = new Map<string, IpvsPart | undefined>()
    for (const [service, ports] of stale) {
      for (const input of this.#services.get(service) ?? []) parts.set(keyOf(input), undefined)
      for (const input of ports) parts.set(keyOf(input), this.#written(input, node))
    }
    return newState(withIpvsParts(tables, parts, this.#settings))
  }

  /** What the node lists of stale Services by now: the parts that are written for it have what it listed then. */
  #staleElements({ place }: IpvsNode, stale: ServiceInputs): ElementDelta {
    if (stale.size === 0) return NO_DELTA
    const removed = [...stale.keys()]
      .flatMap((service) => this.#services.get(service) ?? [])
      .flatMap((input) => ownElements(input))
      .flatMap(({ nodeName, element }) => (nodeName === place.nodeName ? [element] : []))
    return { removed, added: [] }
  }
}

const newState = (tables: IpvsTables, pending: Iterable<string> = []): State => ({
  tables,
  pending: new Set(pending),
  withRule: undefined,
})

const keyOf = ({ port }: PortInput): string => portKey(port.name)
