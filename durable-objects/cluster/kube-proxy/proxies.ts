// The proxies of all nodes. They write nothing to the API: what they make are the tables of their nodes' kernels, which are worked out
// when somebody looks. A proxy that does not run, or does not hear of changes, leaves its node with the tables that it last wrote.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { keyOf, type Mutable } from '#apimachinery/object.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import type { Change } from '#client/client.ts'
import type { Connection } from '#netfilter/connection.ts'
import type { IpSet } from '#netfilter/ipset-text.ts'
import type { Packet } from '#netfilter/packet.ts'
import { EMPTY_RULESET, type Ruleset } from '#netfilter/ruleset.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import { parseIp, type Ip } from '#net/ip.ts'
import { NodeConditions, nodeOfProxy, type Sync } from './node-conditions.ts'
import { idOf, type Moment, PastObjects } from './past-objects.ts'
import { CONFIG_MAPS, PastView, SERVICE_CIDRS, SERVICES, SLICES } from './past-view.ts'
import { ipSetsOf } from './ipvs/ipvs-tables.ts'
import { CONFIG_MAP, ProxySetup, type Setup } from './proxy-setup.ts'
import { ServiceTables } from './service-tables.ts'
import { inputsOf } from './services.ts'
import { serviceOfSlice } from './slice-endpoints.ts'
import { serviceAt, type Stale } from './stale-service.ts'
import { staleConnections } from './stale-connections.ts'
import { SyncDelay } from './sync-delay.ts'
import type { NodePlace } from './topology.ts'

/** What a node's kernel holds of kube-proxy. */
export interface NodeTables {
  readonly mode: 'iptables' | 'nftables' | 'ipvs'
  readonly ruleset: Ruleset
  readonly sync: Sync
  /** In the mode ipvs. */
  readonly virtualServers?: VirtualServers
  /** Asked for seldom, made of the ruleset. */
  readonly ipSets?: () => readonly IpSet[]
  /** Why the proxies cannot use their ConfigMap; what they wrote before stays. */
  readonly problem?: string
}

/** No Node is called so: the moment at which the proxies have what changed. */
const SYNC = '/sync'

/** Nor so: the kernels forget UDP conversations with endpoints that are gone. */
const CONNTRACK = '/conntrack'

/** What running proxies see, and how they are set up. */
interface Present {
  readonly view: PastView
  readonly setup: Setup
}

/** Makes a node's kernel forget connections. */
export type Forget = (node: string, isMeant: (connection: Connection) => boolean) => void

interface Made {
  readonly version: number
  readonly tables: NodeTables
}

export class KubeProxies implements Component {
  readonly name: string
  readonly queue: ComponentContext['queue']
  readonly #context: ComponentContext
  readonly #conditions: NodeConditions
  readonly #delay: SyncDelay
  readonly #past: PastObjects
  readonly #setup: ProxySetup
  /** Grows with every change that tables could show. */
  #version = 0
  readonly #made = new Map<string, Made>()
  /** undefined: not looked at since the last change. */
  #present: Present | undefined
  /** Services whose UDP conversations are looked at with the next sync. */
  readonly #changed = new Set<string>()
  /** Nodes whose proxy has just started: it looks at all of them. */
  readonly #started = new Set<string>()
  #forget: Forget = () => {}

  constructor(name: string, context: ComponentContext) {
    this.name = name
    this.queue = context.queue
    this.#context = context
    this.#conditions = new NodeConditions(context)
    this.#delay = new SyncDelay(context)
    this.#past = new PastObjects(context.memory)
    this.#setup = new ProxySetup(context)
    this.#watch()
  }

  #watch(): void {
    const { client, queue } = this.#context
    client.watch(SERVICES, (change) => this.#serviceChanged(change))
    client.watch(SLICES, (change) => this.#sliceChanged(change))
    client.watch(SERVICE_CIDRS, (change) => {
      if (change.object.spec === change.old?.spec) return
      this.#keep(SERVICE_CIDRS, change)
    })
    client.watch(CONFIG_MAPS, (change) => {
      const { namespace, name } = change.object.metadata
      if (namespace === CONFIG_MAP.namespace && name === CONFIG_MAP.name)
        this.#configurationChanged(change)
    })
    client.watch('nodes', ({ object }) => {
      this.#made.delete(object.metadata.name!)
      queue.add(object.metadata.name!)
    })
    client.watch('machines.kubarium.dev', ({ object }) => queue.add(object.metadata.name!))
    client.watch('pods', ({ object }) => {
      const node = nodeOfProxy(object)
      if (node !== undefined) queue.add(node)
    })
  }

  #serviceChanged(change: Change<Service>): void {
    const { object, old } = change
    const isSame =
      change.type === 'MODIFIED' &&
      object.spec === old?.spec &&
      object.status === old.status &&
      object.metadata.labels === old.metadata.labels
    if (isSame) return
    this.#startDelay()
    this.#keep(SERVICES, change)
    this.#setup.markChanged(keyOf(object))
    if (hasUdp(object)) this.#queueConntrack([keyOf(object)])
  }

  #sliceChanged(change: Change<EndpointSlice>): void {
    const { object, old } = change
    const isSame =
      change.type === 'MODIFIED' &&
      object.endpoints === old?.endpoints &&
      object.ports === old?.ports &&
      object.metadata.labels === old?.metadata.labels
    const services = new Set([serviceOfSlice(object), old && serviceOfSlice(old)])
    services.delete(undefined)
    if (isSame || services.size === 0) return
    this.#startDelay()
    this.#keep(SLICES, change)
    for (const service of services) this.#setup.markChanged(service!)
    if (object.ports?.some(isUdp) === true) this.#queueConntrack(services)
  }

  /** Their kernels' connections are elsewhere. */
  forgetWith(forget: Forget): void {
    this.#forget = forget
  }

  /** What changes until the tables are written is looked at then. */
  #queueConntrack(services: Iterable<string | undefined>): void {
    if (this.#delay.pending !== undefined) return
    for (const service of services) if (service !== undefined) this.#changed.add(service)
    this.queue.add(CONNTRACK)
  }

  /** Part of a sync: until then UDP goes on to an endpoint that is gone. */
  #cleanConntrack(): void {
    if (this.#delay.pending !== undefined) return
    const { client } = this.#context
    const isOfChanged = this.#staleOf(this.#changed)
    const isOfAny = this.#started.size === 0 ? undefined : this.#staleOf(this.#udpServices())
    for (const { metadata } of client.list('nodes')) {
      const name = metadata.name!
      const isMeant = this.#started.has(name) ? isOfAny : isOfChanged
      if (isMeant !== undefined && this.#conditions.of(name) === 'synced')
        this.#forget(name, isMeant)
    }
    this.#changed.clear()
    this.#started.clear()
  }

  #staleOf(services: ReadonlySet<string>): ReturnType<typeof staleConnections> {
    if (services.size === 0) return undefined
    return staleConnections([...inputsOf(services, this.#now().view).values()].flat())
  }

  #udpServices(): ReadonlySet<string> {
    const { client } = this.#context
    return new Set(client.list(SERVICES).filter(hasUdp).map(keyOf))
  }

  /** A real kube-proxy ends when its file changes. Started again it reads everything, or ends at once if it cannot use the file. */
  #configurationChanged(change: Change<ConfigMap>): void {
    this.#endDelay()
    const after = change.type === 'DELETED' ? undefined : change.object
    if (this.#setup.problemOf(after) !== undefined)
      for (const { metadata } of this.#context.client.list('nodes')) {
        this.#conditions.sync(metadata.name!, false, () => this.#past.now())
      }
    this.#keep(CONFIG_MAPS, change)
    this.resync()
  }

  #startDelay(): void {
    this.#delay.start(() => this.#past.now())
    this.#queueSync()
  }

  #queueSync(): void {
    const { pending } = this.#delay
    if (pending !== undefined) this.queue.addAt(SYNC, pending.due)
  }

  /** The running proxies have everything that changed. */
  #endDelay(): void {
    const { pending } = this.#delay
    if (pending === undefined) return
    const { services } = this.#now().view
    for (const service of services) this.#setup.markChanged(service)
    this.#delay.end()
    this.#queueConntrack([...this.#udpServices()].filter((key) => services.has(key)))
    this.queue.cancel(SYNC)
    this.#letGo()
  }

  /** Somebody may have seen the object as it was. */
  #keep(resource: string, { type, object, old }: Change): void {
    this.#version++
    this.#present = undefined
    const latest = this.#moments().reduce((a, b) => Math.max(a, b), 0)
    if (latest > 0)
      this.#past.keep(idOf(resource, object), type === 'DELETED' ? object : old, latest)
  }

  #letGo(): void {
    this.#version++
    this.#present = undefined
    this.#past.keepOnly(this.#moments())
  }

  /** Since when some do not hear of changes. */
  #moments(): readonly Moment[] {
    const { pending } = this.#delay
    return [...(pending === undefined ? [] : [pending.since]), ...this.#conditions.moments()]
  }

  resync(): void {
    for (const { metadata } of this.#context.client.list('nodes')) this.queue.add(metadata.name!)
    this.#queueSync()
  }

  /** Keys are names of nodes: whether the node's proxy hears of changes. */
  sync(key: string): void {
    if (key === SYNC) {
      const { pending } = this.#delay
      if (pending !== undefined && pending.due > this.#context.client.now()) this.#queueSync()
      else this.#endDelay()
      return
    }
    if (key === CONNTRACK) return this.#cleanConntrack()
    const canStart = this.#now().setup.problem === undefined
    const since = () => this.#delay.pending?.since ?? this.#past.now()
    if (!this.#conditions.sync(key, canStart, since)) return
    this.#letGo()
    if (this.#conditions.of(key) !== 'synced') return
    this.#started.add(key)
    this.#queueConntrack([])
  }

  /**
   * The Service that is at an address, if a node's kernel holds it as it was before it last changed. `due`: when that is written;
   * undefined if the node's proxy hears of no changes.
   */
  staleAt(nodeName: string, packet: Pick<Packet, 'protocol' | 'destination'>): Stale | undefined {
    const since = this.#conditions.staleSince(nodeName)
    const pending = since === undefined ? this.#delay.pending : undefined
    if (since === undefined && pending === undefined) return undefined
    const { client } = this.#context
    const view = since === undefined ? this.#now().view : new PastView(client, this.#past.at(since))
    const service = serviceAt(packet, view, client)
    if (service === undefined) return undefined
    return pending === undefined ? { service } : { service, due: pending.due }
  }

  /** When the proxies write what has changed; undefined if they have. */
  get due(): number | undefined {
    return this.#delay.pending?.due
  }

  /** Whether what the node's kernel holds is of the present, without looking at it. */
  syncOf(nodeName: string): Sync {
    return this.#conditions.of(nodeName)
  }

  /** Why no proxy can start: a configuration that cannot be read. */
  get problem(): string | undefined {
    return this.#now().setup.problem
  }

  /** What running proxies see. */
  #now(): Present {
    if (this.#present !== undefined) return this.#present
    const { pending } = this.#delay
    const past = pending && this.#past.at(pending.since)
    const view = new PastView(this.#context.client, past)
    return (this.#present = { view, setup: this.#setup.setupAt(view) })
  }

  /** Undefined: there is no such Node. */
  tablesOf(nodeName: string): NodeTables | undefined {
    const made = this.#made.get(nodeName)
    if (made?.version === this.#version) return made.tables
    const node = this.#context.client.get('nodes', '', nodeName)
    if (node === undefined) return undefined
    const tables = this.#tablesAt(node)
    this.#made.set(nodeName, { version: this.#version, tables })
    return tables
  }

  #tablesAt(node: Node): NodeTables {
    const nodeName = node.metadata.name!
    const sync = this.#conditions.of(nodeName)
    const now = this.#now()
    const { problem } = now.setup
    const { mode } = now.setup.configuration
    const tables: Mutable<NodeTables> =
      sync === 'none' ? { mode, ruleset: EMPTY_RULESET, sync } : this.#written(node, now, sync)
    if (problem !== undefined) tables.problem = problem
    return tables
  }

  /** What the node's proxy wrote last. */
  #written(node: Node, now: Present, sync: Sync): NodeTables {
    const since = this.#conditions.staleSince(node.metadata.name!)
    const then =
      since === undefined ? undefined : new PastView(this.#context.client, this.#past.at(since))
    const setup = then === undefined ? now.setup : this.#setup.setupAt(then)
    const { nodeIPs, place } = locationOf(node)
    const tables = this.#setup.tablesFor(setup, node, nodeIPs, now.view)
    const stale = then && inputsOf(then.services, then)
    const { mode } = setup.configuration
    if (tables instanceof ServiceTables)
      return { mode, ruleset: tables.at(place, nodeIPs, stale), sync }
    const { ruleset, servers } = tables.at(place, nodeIPs, stale)
    return { mode, ruleset, sync, virtualServers: servers, ipSets: () => ipSetsOf(ruleset) }
  }
}

const isUdp = ({ protocol }: { readonly protocol?: string }): boolean => protocol === 'UDP'

const hasUdp = ({ spec }: Service): boolean => spec.ports?.some(isUdp) === true

interface Location {
  readonly place: NodePlace
  readonly nodeIPs: readonly Ip[]
}

/** Nodes are read much more often than they change. */
const locations = new WeakMap<Node, Location>()

const locationOf = (node: Node): Location => {
  const known = locations.get(node)
  if (known !== undefined) return known
  const nodeIPs = addressesOf(node)
  const location = { nodeIPs, place: placeOf(node, nodeIPs) }
  locations.set(node, location)
  return location
}

const placeOf = ({ metadata }: Node, [nodeIP]: readonly Ip[]): NodePlace => ({
  nodeName: metadata.name!,
  zone: metadata.labels?.['topology.kubernetes.io/zone'] ?? '',
  ...(nodeIP === undefined ? {} : { nodeIP }),
})

/** The node's IPv4 addresses, the primary one first. */
const addressesOf = (node: Node): readonly Ip[] =>
  (node.status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .flatMap(({ address }) => parseIp(address) ?? [])
    .filter(({ version }) => version === 4)
