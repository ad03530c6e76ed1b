// The tables of nodes in mode ipvs. Virtual servers stand on the node's own addresses, so that nodes share nothing; a node catches up
// with what changed when somebody looks at it.
import type { Ip } from '#net/ip.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import { portKey } from '#kube-proxy/service-port.ts'
import type { PortInput, ServiceInputs } from '#kube-proxy/service-tables.ts'
import type { NodePlace } from '#kube-proxy/topology.ts'
import { type IpvsNode, ipvsPart, type IpvsPart } from './ipvs-part.ts'
import { ipvsBase, type IpvsTables, withIpvsParts } from './ipvs-tables.ts'

interface NodeState {
  tables: IpvsTables
  /** Keys of ports that changed since. */
  readonly pending: Set<string>
}

export class IpvsNodeTables {
  readonly #settings: ProxySettings
  readonly #services = new Map<string, readonly PortInput[]>()
  /** By the port's key. */
  readonly #ports = new Map<string, PortInput>()
  readonly #nodes = new Map<string, NodeState>()

  constructor(settings: ProxySettings) {
    this.#settings = settings
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
      for (const { pending } of this.#nodes.values()) for (const key of keys) pending.add(key)
    }
  }

  /** What a node's kernel holds. `stale`: what its proxy last knew of Services that have changed since. */
  at(place: NodePlace, addresses: readonly Ip[], stale: ServiceInputs = new Map()): IpvsTables {
    const node: IpvsNode = { place, addresses }
    const id = JSON.stringify([place, addresses])
    let state = this.#nodes.get(id)
    if (state === undefined) {
      state = { tables: ipvsBase(this.#settings), pending: new Set(this.#ports.keys()) }
      this.#nodes.set(id, state)
    }
    if (state.pending.size > 0) {
      const parts = new Map([...state.pending].map((key) => [key, this.#part(key, node)]))
      state.tables = withIpvsParts(state.tables, parts, this.#settings)
      state.pending.clear()
    }
    return stale.size === 0
      ? state.tables
      : withIpvsParts(state.tables, this.#staleParts(node, stale), this.#settings)
  }

  #part(key: string, node: IpvsNode): IpvsPart | undefined {
    const input = this.#ports.get(key)
    return input === undefined
      ? undefined
      : ipvsPart(input.port, input.endpoints, node, this.#settings)
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
