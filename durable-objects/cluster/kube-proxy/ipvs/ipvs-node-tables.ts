// The tables of nodes in mode ipvs. Ports that have nothing but a cluster IP are written once and shared, but for the endpoints that run
// on the node itself; virtual servers at the node's own addresses are its own. A node catches up with what changed when somebody looks.
import { equal } from '#apimachinery/object.ts'
import type { Ip } from '#net/ip.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import { isExternallyAccessible, portKey } from '#kube-proxy/service-port.ts'
import type { PortInput, ServiceInputs } from '#kube-proxy/service-tables.ts'
import { dependsOnNode, type NodePlace } from '#kube-proxy/topology.ts'
import { type IpvsNode, ipvsPart, type IpvsPart } from './ipvs-part.ts'
import { ipvsBase, type IpvsTables, withIpvsParts } from './ipvs-tables.ts'

interface NodeState {
  tables: IpvsTables
  /** Keys of ports that changed since. */
  readonly pending: Set<string>
}

/** Sees what all nodes see alike: it runs no endpoints and has no addresses. */
const NOWHERE: IpvsNode = { place: { nodeName: '', zone: '' }, addresses: [] }

const isPlain = ({ port, endpoints }: PortInput): boolean =>
  !isExternallyAccessible(port) && port.healthCheckNodePort === 0 && !dependsOnNode(endpoints, port)

const runsAt = ({ endpoints }: PortInput, { place }: IpvsNode): boolean =>
  endpoints.some(({ nodeName }) => nodeName !== '' && nodeName === place.nodeName)

export class IpvsNodeTables {
  readonly #settings: ProxySettings
  readonly #services = new Map<string, readonly PortInput[]>()
  /** By the port's key. */
  readonly #ports = new Map<string, PortInput>()
  readonly #nodes = new Map<string, NodeState>()
  /** The plain ports, as a node has them where none of their endpoints run. */
  readonly #shared: NodeState

  constructor(settings: ProxySettings) {
    this.#settings = settings
    this.#shared = { tables: ipvsBase(settings), pending: new Set() }
  }

  /** Takes in Services that changed. */
  update(inputs: ServiceInputs): void {
    for (const [service, ports] of inputs) {
      const keys = new Set<string>()
      for (const { port } of this.#services.get(service) ?? []) {
        const key = portKey(port.name)
        keys.add(key)
        this.#ports.delete(key)
      }
      for (const input of ports) {
        const key = portKey(input.port.name)
        keys.add(key)
        this.#ports.set(key, input)
      }
      if (ports.length === 0) this.#services.delete(service)
      else this.#services.set(service, ports)
      for (const { pending } of [this.#shared, ...this.#nodes.values()])
        for (const key of keys) pending.add(key)
    }
  }

  /** What a node's kernel holds. `stale`: what its proxy last knew of Services that have changed since. */
  at(place: NodePlace, addresses: readonly Ip[], stale: ServiceInputs = new Map()): IpvsTables {
    const node: IpvsNode = { place, addresses }
    const id = JSON.stringify([place, addresses])
    this.#catchUp(this.#shared, (key) => this.#sharedPart(key))
    let state = this.#nodes.get(id)
    if (state === undefined) this.#nodes.set(id, (state = this.#newState(node)))
    this.#catchUp(state, (key) => this.#part(key, node))
    return stale.size === 0
      ? state.tables
      : withIpvsParts(state.tables, this.#staleParts(node, stale), this.#settings)
  }

  #newState(node: IpvsNode): NodeState {
    const pending = new Set<string>()
    for (const [key, input] of this.#ports)
      if (!isPlain(input) || runsAt(input, node)) pending.add(key)
    return { tables: this.#shared.tables, pending }
  }

  #catchUp(state: NodeState, partOf: (key: string) => IpvsPart | undefined): void {
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
    const shared = this.#shared.tables.parts.get(key)
    if (shared !== undefined && !runsAt(input, node)) return shared
    const part = this.#written(input, node)
    return shared !== undefined && equal(shared.servers, part.servers)
      ? { ...part, servers: shared.servers }
      : part
  }

  #written({ port, endpoints }: PortInput, node: IpvsNode): IpvsPart {
    return ipvsPart(port, endpoints, node, this.#settings)
  }

  #staleParts(node: IpvsNode, stale: ServiceInputs): ReadonlyMap<string, IpvsPart | undefined> {
    const parts = new Map<string, IpvsPart | undefined>()
    for (const [service, ports] of stale) {
      for (const { port } of this.#services.get(service) ?? [])
        parts.set(portKey(port.name), undefined)
      for (const { port, endpoints } of ports)
        parts.set(portKey(port.name), ipvsPart(port, endpoints, node, this.#settings))
    }
    return parts
  }
}
