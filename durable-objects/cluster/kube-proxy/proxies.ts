// The proxies of all nodes. They write nothing to the API: what they make are the tables of their nodes' kernels, which are worked out
// when somebody looks. A proxy that does not run, or does not hear of changes, leaves its node with the tables that it last wrote.
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import type { Change } from '#client/client.ts'
import type { IpSet } from '#netfilter/ipset-text.ts'
import { EMPTY_RULESET, type Ruleset } from '#netfilter/ruleset.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import { parseIp, type Ip } from '#net/ip.ts'
import { NodeConditions, type Sync } from './node-conditions.ts'
import { ipSetsOf } from './ipvs/ipvs-tables.ts'
import { CONFIG_MAP, ProxySetup } from './proxy-setup.ts'
import { ServiceTables } from './service-tables.ts'
import { Services } from './services.ts'
import { serviceOfSlice } from './slice-endpoints.ts'

/** What a node's kernel holds of kube-proxy. */
export interface NodeTables {
  readonly mode: 'iptables' | 'nftables' | 'ipvs'
  readonly ruleset: Ruleset
  readonly sync: Sync
  /** In the mode ipvs. */
  readonly virtualServers?: VirtualServers
  readonly ipSets?: readonly IpSet[]
  /** Why the proxies cannot use their ConfigMap; what they wrote before stays. */
  readonly problem?: string
}

export class KubeProxies implements Component {
  readonly name: string
  readonly queue: ComponentContext['queue']
  readonly #context: ComponentContext
  readonly #services: Services
  readonly #conditions: NodeConditions
  readonly #setup: ProxySetup

  constructor(name: string, context: ComponentContext) {
    this.name = name
    this.queue = context.queue
    this.#context = context
    this.#services = new Services(context.client)
    this.#conditions = new NodeConditions(context)
    this.#setup = new ProxySetup(context, this.#services)
    this.#watch()
  }

  #watch(): void {
    const { client, queue } = this.#context
    client.watch('services', (change) => this.#serviceChanged(change))
    client.watch('endpointslices.discovery.k8s.io', (change) => this.#sliceChanged(change))
    client.watch('nodes', ({ object }) => queue.add(object.metadata.name!))
    client.watch('machines.kubarium.dev', ({ object }) => queue.add(object.metadata.name!))
    client.watch('pods', ({ object }) => {
      const node = this.#conditions.nodeOfProxy(object)
      if (node !== undefined) queue.add(node)
    })
    client.watch('configmaps', ({ object: { metadata } }) => {
      if (metadata.namespace === CONFIG_MAP.namespace && metadata.name === CONFIG_MAP.name)
        this.#setup.forget()
    })
    client.watch('servicecidrs.networking.k8s.io', () => this.#setup.forget())
  }

  #serviceChanged(change: Change<Service>): void {
    const { namespace, name } = change.object.metadata
    const key = `${namespace}/${name}`
    this.#services.markChanged(key)
    this.#conditions.remember(key, () => ({
      ...this.#services.objectsOf(key),
      service: beforeOf(change),
    }))
  }

  #sliceChanged(change: Change<EndpointSlice>): void {
    const { object } = change
    const old = beforeOf(change)
    for (const key of new Set([serviceOfSlice(object), old && serviceOfSlice(old)])) {
      if (key === undefined) continue
      this.#services.markChanged(key)
      this.#conditions.remember(key, () => {
        const { service, slices } = this.#services.objectsOf(key)
        const others = slices.filter(({ metadata }) => metadata.name !== object.metadata.name)
        const before = old !== undefined && serviceOfSlice(old) === key ? [old] : []
        return { service, slices: [...others, ...before] }
      })
    }
  }

  resync(): void {
    for (const { metadata } of this.#context.client.list('nodes')) this.queue.add(metadata.name!)
  }

  /** Keys are names of nodes: whether the node's proxy hears of changes. */
  sync(node: string): void {
    this.#conditions.sync(node)
  }

  /** Undefined: there is no such Node. */
  tablesOf(nodeName: string): NodeTables | undefined {
    const node = this.#context.client.get('nodes', '', nodeName)
    if (node === undefined) return undefined
    const { mode, problem } = this.#setup
    const sync = this.#conditions.of(nodeName)
    const nodeIPs = addressesOf(node)
    const [nodeIP] = nodeIPs
    const place = {
      nodeName,
      zone: node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '',
      ...(nodeIP === undefined ? {} : { nodeIP }),
    }
    if (sync === 'none') return { mode, sync, ruleset: EMPTY_RULESET, ...shown(problem) }
    const tables = this.#setup.tablesFor(node, nodeIPs)
    const stale = this.#conditions.staleServices(nodeName)
    if (tables instanceof ServiceTables)
      return { mode, sync, ruleset: tables.at(place, nodeIPs, stale), ...shown(problem) }
    const ipvs = tables.at(place, nodeIPs, stale)
    return {
      mode,
      sync,
      ruleset: ipvs.tables.ruleset,
      virtualServers: ipvs.servers,
      ipSets: ipSetsOf(ipvs),
      ...shown(problem),
    }
  }
}

const shown = (problem: string | undefined) => (problem === undefined ? {} : { problem })

/** The node's IPv4 addresses, the primary one first. */
const addressesOf = (node: Node): readonly Ip[] =>
  (node.status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .flatMap(({ address }) => parseIp(address) ?? [])
    .filter(({ version }) => version === 4)

const beforeOf = <T extends KubeObject>({ type, object, old }: Change<T>): T | undefined =>
  type === 'DELETED' ? object : old
