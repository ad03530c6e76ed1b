// The cluster as the network sees it: who has which address, what the kernels hold, who listens.
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ComponentContext } from '#client/component.ts'
import type { KubeProxies, NodeTables } from '#kube-proxy/proxies.ts'
import { isOff } from '#kubelet/machine-state.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import type { Self } from '#images/behaviour.ts'
import type { Network } from '#images/network.ts'
import { type RunningContainer, RunningContainers } from '#kubelet/running-containers.ts'
import type { Runtime } from '#kubelet/runtime.ts'
import { type VolumeWrite, WrittenFiles } from '#kubelet/written-files.ts'
import type { Cidr } from '#net/cidr.ts'
import { type Ip, isLoopback } from '#net/ip.ts'
import type { Connections } from '#netfilter/connections.ts'
import { clusterCorefile } from '#coredns/server.ts'
import { parseCorefile } from '#coredns/corefile.ts'
import { EMPTY_RULESET } from '#netfilter/ruleset.ts'
import type { Answer, Exchange, World, WorldInternet, WorldNode, WorldPod } from '#network/world.ts'
import type { AnswerCache } from '#coredns/answer-cache.ts'
import type { AttendedShells } from '#world/container/attached-session.ts'
import { CallLimits } from '#world/call-limits.ts'
import { ConnectionEnds } from '#world/connection-ends.ts'
import { filesOf, goneFrom } from '#world/container-files.ts'
import { KubeletRuntime } from '#world/container/kubelet-runtime.ts'
import { DnsCaches } from '#world/dns-caches.ts'
import { HealthCheckPorts } from '#world/health-check-ports.ts'
import { ExternalHosts } from '#world/external-hosts.ts'
import { worldInternet } from '#world/internet.ts'
import { keptCorefile } from '#world/kept-corefile.ts'
import { KeptConnections } from '#world/kept-connections.ts'
import { askSockets, type MoreOfSelf, type OpenSocket, PodListeners } from '#world/listeners.ts'
import { LoadBalancers } from '#world/load-balancers.ts'
import { coreDnsAnswer, isCoreDns, lookUpName } from '#world/names.ts'
import { NetworkPolicies, type PolicyEnd } from '#world/network-policies.ts'
import { NodeConnections } from '#world/node-connections.ts'
import { nodeSockets } from '#world/node-programs.ts'
import { addressesOfNode, NodeAddresses, podCIDROf } from '#world/nodes.ts'
import { placeOfPod, placeOfWorkstation, ProgramNetwork } from '#world/program-network.ts'
import { WorldPods } from '#world/pods.ts'
import { nodeRange, podRange, serviceRanges } from '#world/ranges.ts'
import { shadowOf } from '#world/shadow-memory.ts'

/** What a world is made of. */
export interface WorldParts extends Pick<ComponentContext, 'client' | 'memory' | 'settings'> {
  readonly tablesOf: (node: string) => NodeTables | undefined
  /** What the API server says of itself. */
  readonly version: object
  readonly proxySyncOf: (node: string) => NodeTables['sync']
  readonly staleAt: KubeProxies['staleAt']
  /** Told of Pods in whose files something was written: `default/web-1`. */
  readonly written: (pod: string, write?: VolumeWrite) => void
  /** Ends a container's process at a moment. */
  readonly end: (pod: Pod, container: string, at: number, exitCode: number) => void
}

/** One look at the world, at one moment. */
export interface WorldLook {
  /** From 0 to 2^32-1. */
  readonly random: () => number
  /** Nothing that happens stays: connections are copies. */
  readonly leavesNoTrace?: boolean
}

/** A container that runs, and what its program may use. */
export interface RunningProgram {
  readonly container: RunningContainer['spec']
  readonly self: ReturnType<ClusterWorld['lifeOf']>
}

/** Keeps what finds things fast; each look at the world is made anew, since the next turn may change everything. */
export class Worlds {
  readonly parts: WorldParts
  readonly pods: WorldPods
  readonly containers: RunningContainers
  readonly listeners: PodListeners
  readonly addresses: NodeAddresses
  readonly healthChecks: HealthCheckPorts
  readonly loadBalancers: LoadBalancers
  readonly policies: NetworkPolicies
  readonly connections: NodeConnections
  readonly disks: ContainerDisks
  readonly written: WrittenFiles
  readonly attended: AttendedShells = new Map()
  readonly externalHosts: ExternalHosts
  readonly dnsCaches: DnsCaches
  readonly keptConnections: KeptConnections

  constructor(parts: WorldParts) {
    const { client } = parts
    this.parts = parts
    this.containers = new RunningContainers(parts)
    this.pods = new WorldPods(client, this.containers)
    this.listeners = new PodListeners(this.containers, parts.settings)
    this.addresses = new NodeAddresses(client)
    this.healthChecks = new HealthCheckPorts(client)
    this.loadBalancers = new LoadBalancers(client, this.healthChecks)
    this.policies = new NetworkPolicies(client, (pod) => this.pods.objectOf(pod))
    this.connections = new NodeConnections(parts)
    this.disks = new ContainerDisks(parts.memory)
    this.written = new WrittenFiles(parts.memory, parts.written)
    this.externalHosts = new ExternalHosts(client)
    this.dnsCaches = new DnsCaches(parts)
    this.keptConnections = new KeptConnections(parts, (process) =>
      this.look({ random: () => 0, leavesNoTrace: true }).keptConnections.runs(process),
    )
  }

  /** At the end of a turn: keeps what the nodes' kernels and the name servers remember. */
  store(): void {
    this.connections.store()
    this.dnsCaches.store()
    this.keptConnections.store()
  }

  look(look: WorldLook): ClusterWorld {
    return new ClusterWorld(this, look)
  }
}

export class ClusterWorld implements World {
  readonly now: number
  readonly internet: WorldInternet
  readonly #worlds: Worlds
  readonly #look: WorldLook
  readonly #nodes = new Map<string, WorldNode | undefined>()
  readonly #pods = new Map<string, WorldPod | undefined>()
  /** By the address' bits: a number is of IPv4, a bigint of IPv6. */
  readonly #podsByAddress = new Map<Ip['value'], WorldPod | undefined>()
  readonly #sockets = new Map<string, readonly OpenSocket[]>()
  readonly #connections = new Map<string, Connections>()
  readonly #dnsCaches = new Map<string, AnswerCache>()
  readonly #hostPorts = new Map<string, readonly WorldPod[]>()
  readonly #disks: ContainerDisks
  readonly #limits = new CallLimits()
  readonly keptConnections: ConnectionEnds
  #serviceCIDRs: readonly Cidr[] | undefined
  #allNodes: readonly WorldNode[] | undefined

  constructor(worlds: Worlds, look: WorldLook) {
    this.#worlds = worlds
    this.#look = look
    this.now = worlds.parts.client.now()
    this.internet = worldInternet(() => worlds.externalHosts.internet)
    this.#disks =
      look.leavesNoTrace === true ? new ContainerDisks(shadowOf(worlds.parts.memory)) : worlds.disks
    this.keptConnections = new ConnectionEnds({
      kept: worlds.keptConnections,
      leavesNoTrace: look.leavesNoTrace === true,
      now: this.now,
      podNamed: (pod) => worlds.pods.objectOf(pod),
      socketsOf: (pod) => this.#socketsOf(pod),
      isOn: (node) => this.node(node)?.isOn === true,
    })
  }

  /** The network as the Pod's programs see it. */
  networkOf(pod: Pod): Network {
    return new ProgramNetwork(this, placeOfPod(this, pod), this.#limits)
  }

  /** The network as the learner's computer sees it, outside of the cluster. */
  networkOutside(hosts: () => string): Network {
    return new ProgramNetwork(this, placeOfWorkstation(hosts), this.#limits)
  }

  /** What kubelets do inside of Pods. */
  get runtime(): Runtime {
    return new KubeletRuntime(this.#worlds, this)
  }

  random(): number {
    return this.#look.random()
  }

  node(name: string): WorldNode | undefined {
    if (!this.#nodes.has(name)) {
      const node = this.#worlds.parts.client.get('nodes', '', name)
      this.#nodes.set(name, node === undefined ? undefined : this.#viewNode(node))
    }
    return this.#nodes.get(name)
  }

  nodes(): readonly WorldNode[] {
    this.#allNodes ??= this.#worlds.parts.client
      .list('nodes')
      .flatMap(({ metadata }) => this.node(metadata.name!) ?? [])
    return this.#allNodes
  }

  nodeAt(ip: Ip): WorldNode | undefined {
    const name = this.#worlds.addresses.at(ip)
    return name === undefined ? undefined : this.node(name)
  }

  pod(namespace: string, name: string): WorldPod | undefined {
    const key = `${namespace}/${name}`
    if (!this.#pods.has(key)) this.#pods.set(key, this.#worlds.pods.named(namespace, name))
    return this.#pods.get(key)
  }

  podAt(ip: Ip): WorldPod | undefined {
    const { value } = ip
    if (!this.#podsByAddress.has(value)) {
      const pod = this.#worlds.pods.at(ip)
      const { namespace = '', name = '' } = pod?.metadata ?? {}
      this.#podsByAddress.set(value, pod === undefined ? undefined : this.pod(namespace, name))
    }
    return this.#podsByAddress.get(value)
  }

  podsWithHostPorts(nodeName: string): readonly WorldPod[] {
    let pods = this.#hostPorts.get(nodeName)
    if (pods === undefined)
      this.#hostPorts.set(nodeName, (pods = this.#worlds.pods.withHostPorts(nodeName)))
    return pods
  }

  loadBalancerAt(ip: Ip) {
    return this.#worlds.loadBalancers.at(ip, {
      nodes: () => this.nodes(),
      hasProxy: (node) => this.#hasProxy(node),
    })
  }

  get serviceCIDRs(): readonly Cidr[] {
    this.#serviceCIDRs ??= serviceRanges(this.#worlds.parts.client)
    return this.#serviceCIDRs
  }

  get podCIDR(): Cidr {
    return podRange(this.#worlds.parts.settings)
  }

  get nodeCIDR(): Cidr {
    return nodeRange(this.#worlds.parts.settings)
  }

  askPod(pod: WorldPod, exchange: Exchange): Answer {
    const object = this.#worlds.pods.objectOf(pod)
    const sockets = object === undefined ? [] : this.#socketsOf(object)
    return this.#limits.answer(() => askSockets(sockets, exchange))
  }

  askNode(node: WorldNode, ip: Ip, exchange: Exchange): Answer {
    const object = this.#worlds.parts.client.get('nodes', '', node.name)
    if (object === undefined || !node.isOn) return { kind: 'refused', listeningOn: [] }
    const programs = nodeSockets(object, {
      now: this.now,
      version: this.#worlds.parts.version,
      hasProxy: this.#hasProxy(node.name),
      healthChecks: this.#worlds.healthChecks,
      port: exchange.port,
    })
    const pods = this.#worlds.pods.withHostNetwork(node.name)
    const sockets = pods.flatMap((pod) => this.#socketsOf(pod))
    return this.#limits.answer(() =>
      askSockets([...programs, ...sockets], exchange, isLoopback(ip)),
    )
  }

  hostNetworkPodAt: World['hostNetworkPodAt'] = (node, { ip, port, protocol }) => {
    if (!node.isOn) return undefined
    const listens = ({ listener }: OpenSocket): boolean =>
      listener.port === port &&
      listener.protocol.toLowerCase() === protocol &&
      (listener.host === undefined || isLoopback(ip))
    const pod = this.#worlds.pods
      .withHostNetwork(node.name)
      .find((candidate) => this.#socketsOf(candidate).some(listens))
    return pod && this.pod(pod.metadata.namespace ?? '', pod.metadata.name!)
  }

  dnsAnswer: World['dnsAnswer'] = (pod, question) => {
    const object = this.#worlds.pods.objectOf(pod)
    const server = object === undefined ? undefined : this.#coreDnsIn(object)
    if (object === undefined || server === undefined) return undefined
    const { client } = this.#worlds.parts
    const { internet } = this.#worlds.externalHosts
    const cache = this.#dnsCacheOf(object)
    const random = () => this.random()
    const kept = keptCorefile(this.lifeOf(object, server).store)
    const corefile = kept === undefined ? clusterCorefile(client) : parseCorefile(kept)
    return coreDnsAnswer(object, question, { client, corefile, internet, random, cache })
  }

  #dnsCacheOf(pod: Pod): AnswerCache {
    const all = this.#worlds.dnsCaches
    if (this.#look.leavesNoTrace !== true) return all.of(pod)
    const key = keyOf(pod)
    let cache = this.#dnsCaches.get(key)
    if (cache === undefined) this.#dnsCaches.set(key, (cache = all.of(pod).copy()))
    return cache
  }

  lookUp: World['lookUp'] = (pod, name, ask) => {
    const object = this.#worlds.pods.objectOf(pod)
    if (object === undefined) throw new Error(`Pod ${pod.namespace}/${pod.name} is gone`)
    return lookUpName(object, name, ask)
  }

  policy: World['policy'] = (from, to, port, protocol, direction) => {
    const receiver = this.#endOf(to)
    const sender = this.#endOf(from)
    const host = sender.ip === undefined ? undefined : this.#worlds.addresses.at(sender.ip)
    const isFromOwnNode = host !== undefined && host === receiver.pod?.nodeName
    return this.#worlds.policies.verdict(
      { from: sender, to: receiver, port, protocol, isFromOwnNode },
      direction,
    )
  }

  #viewNode(node: Node): WorldNode {
    const name = node.metadata.name!
    const { client, tablesOf, staleAt } = this.#worlds.parts
    const machine = client.get('machines.kubarium.dev', '', name)
    let tables: NodeTables | undefined
    const known = () => (tables ??= tablesOf(name))
    const connections = () => this.#connectionsOf(name)
    return {
      name,
      ips: addressesOfNode(node),
      podCIDR: podCIDROf(node),
      isOn: machine !== undefined && !isOff(machine),
      isConnected: machine !== undefined && machine.spec.network !== 'Cut',
      ruleset: () => known()?.ruleset ?? EMPTY_RULESET,
      virtualServers: () => known()?.virtualServers,
      staleService: (packet) => staleAt(name, packet),
      get connections() {
        return connections()
      },
      get mode() {
        return known()?.mode ?? 'iptables'
      },
    }
  }

  #connectionsOf(node: string): Connections {
    let connections = this.#connections.get(node)
    if (connections === undefined) {
      const all = this.#worlds.connections
      connections = this.#look.leavesNoTrace === true ? all.copyOf(node) : all.of(node)
      this.#connections.set(node, connections)
    }
    return connections
  }

  #socketsOf(pod: Pod): readonly OpenSocket[] {
    const uid = pod.metadata.uid ?? ''
    let sockets = this.#sockets.get(uid)
    if (sockets === undefined) {
      const more = (container: RunningContainer) => this.lifeOf(pod, container)
      this.#sockets.set(uid, (sockets = this.#worlds.listeners.of(pod, this.now, more)))
    }
    return sockets
  }

  lifeOf(pod: Pod, container: RunningContainer) {
    const { spec, run } = container
    const { client, end } = this.#worlds.parts
    const disk = { pod: keyOf(pod), uid: pod.metadata.uid ?? '', container: spec, run }
    const store = this.#disks.storeOf(disk)
    const at = this.now
    return {
      now: at,
      store,
      network: this.networkOf(pod),
      file: filesOf(client, pod, spec, this.#worlds, container),
      isGone: goneFrom(this.#worlds, pod, container),
      log: (text, stream = 'stdout') => this.#disks.log(disk, { at, stream, text }),
      exit: (exitCode, after) => {
        if (this.#look.leavesNoTrace !== true) end(pod, spec.name, at + after, exitCode)
      },
    } satisfies ReturnType<MoreOfSelf> & Pick<Self, 'now'>
  }

  programsIn(pod: Pod): readonly RunningProgram[] {
    return this.#worlds.containers
      .of(pod)
      .map((container) => ({ container: container.spec, self: this.lifeOf(pod, container) }))
  }

  #hasProxy(node: string): boolean {
    return this.#worlds.parts.proxySyncOf(node) === 'synced'
  }

  #coreDnsIn(pod: Pod): RunningContainer | undefined {
    return this.#worlds.containers.of(pod).find(({ spec }) => isCoreDns(spec.image ?? ''))
  }

  /** An address of a Pod is that Pod; what shares its node's network is the node. */
  #endOf(end: WorldPod | Ip): PolicyEnd {
    const pod = 'version' in end ? this.podAt(end) : end
    const ip = 'version' in end ? end : end.ip
    return { pod: pod?.isHostNetwork === true ? undefined : pod, ip }
  }
}
