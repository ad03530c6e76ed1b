// What the network needs to know of the rest of the cluster. cluster.ts supplies it: the network itself sees no objects' store, no
// kubelet and no proxy.
import type { Cidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import type { DnsMessage, Question } from '#net/dns-message.ts'
import type { Endpoint, Packet, Protocol } from '#netfilter/packet.ts'
import type { Connections } from '#netfilter/connections.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import type { AddressChangesState } from './address-changes.ts'
import type { Host } from './host.ts'
import type { StringMap } from '#apimachinery/object.ts'

export interface WorldNode {
  readonly name: string
  /** The primary address first. Addresses that ipvs binds to its dummy interface are in `virtualServers`. */
  readonly ips: readonly Ip[]
  readonly podCIDR: Cidr | undefined
  /** The machine has power. */
  readonly isOn: boolean
  /** Its cable is plugged in: packets leave and arrive. */
  readonly isConnected: boolean
  /** What kube-proxy wrote; built when first asked for. */
  readonly ruleset: () => Ruleset
  /** Of the mode ipvs. */
  readonly virtualServers: () => VirtualServers | undefined
  readonly connections: Connections
  /** The Service that a packet is for, if the node's rules are from before it last changed. */
  readonly staleService?: (
    packet: Pick<Packet, 'protocol' | 'destination'>,
  ) => StaleService | undefined
  /** `iptables`, `nftables`, `ipvs`: how rules are printed. */
  readonly mode: 'iptables' | 'nftables' | 'ipvs'
}

export interface StaleService {
  /** `namespace/name` */
  readonly service: string
  /** When kube-proxy writes what has changed, in milliseconds since the epoch; absent if it hears of no changes. */
  readonly due?: number
}

export interface WorldPod {
  readonly namespace: string
  readonly name: string
  readonly labels: StringMap
  readonly nodeName: string
  /** Its own, or its node's with host network; undefined before it has one. */
  readonly ip: Ip | undefined
  readonly isHostNetwork: boolean
  /** Its sandbox exists: packets to its address arrive somewhere. */
  readonly hasNetwork: boolean
  /** Ports that the node itself forwards to it (hostPort). */
  readonly hostPorts: readonly {
    readonly protocol: Protocol
    readonly hostPort: number
    readonly hostIP: Ip | undefined
    readonly containerPort: number
  }[]
  /** How it resolves names: nameservers, search, ndots of its /etc/resolv.conf, and its /etc/hosts. */
  readonly resolver: WorldResolver
}

export interface WorldResolver {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  readonly ndots: number
  /** name -> address */
  readonly hosts: ReadonlyMap<string, string>
}

/** Sends one question over the simulated network. */
export type AskNameserver = (
  nameserver: string,
  question: Question,
  transport: 'UDP' | 'TCP',
) => DnsMessage | 'timeout' | 'refused'

/** What a name server answers, and what it did to find it out. */
export interface DnsReply extends DnsMessage {
  /** Its addresses are in an order that chance gives: the next answer may have another. */
  readonly isShuffled?: boolean
  /** It comes out of the name server's cache, where it stays for so many seconds. */
  readonly cacheSecondsLeft?: number
}

/** What a Pod's C library made of a name: as coredns/resolver.ts' `resolve` returns it. */
export interface WorldResolution {
  readonly end: 'found' | 'NXDOMAIN' | 'NODATA' | 'SERVFAIL' | 'unreachable' | 'refused' | 'invalid'
  readonly source: 'address' | 'hosts' | 'dns'
  readonly addresses: readonly string[]
  readonly queries: readonly {
    readonly nameserver: string
    readonly question: Question
    readonly transport: 'UDP' | 'TCP'
    /** Of the search list, what was put behind the name; '' for the name as it is. */
    readonly suffix: string
    readonly outcome: DnsMessage | 'timeout' | 'refused'
    /** Seconds. */
    readonly waited: number
  }[]
  /** What getaddrinfo says of it; '' if all is well. */
  readonly error: string
}

/** What a program that listens is asked. */
export interface Exchange {
  readonly protocol: Protocol
  /** Where it was addressed, as the program sees it. */
  readonly port: number
  /** `10.244.0.7:41234`: who asks, as the program sees it. */
  readonly client: string
  readonly http?: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly isTls: boolean
  }
  readonly message?: string
}

export interface ListeningSocket {
  /** `*`: on every address; `127.0.0.1`: for callers in the same Pod only. */
  readonly address: string
  readonly port: number
  readonly protocol: Protocol
}

export type Answer =
  /** Nobody listens on that port (or not on that address). `listeningOn` says what is listened on, for the explanation. */
  | { readonly kind: 'refused'; readonly listeningOn: readonly ListeningSocket[] }
  /** It listens, but never answers. */
  | { readonly kind: 'silent' }
  /** It takes the connection and the request, and closes the connection instead of answering. */
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'http'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
      /** How long the program thinks before it answers, in milliseconds. */
      readonly takes?: number
    }
  /** Bytes that are not HTTP: the connection stands, and this is what comes back, if anything. */
  | { readonly kind: 'message'; readonly text: string | undefined }

/** A cloud load balancer that forwards to node ports (ipMode Proxy, or traffic from outside to a VIP). */
export interface WorldLoadBalancer {
  /** `default/web` */
  readonly service: string
  readonly ports: readonly {
    readonly protocol: Protocol
    readonly port: number
    readonly nodePort: number
  }[]
  /** Nodes that pass its health check, sorted by name. */
  readonly nodes: readonly string[]
  /** The client's address stays and the packet keeps the balancer's address as its destination (ipMode VIP). */
  readonly isVip: boolean
  readonly sourceRanges: readonly Cidr[]
}

/** What NetworkPolicies say to a connection, and which of them. */
export interface PolicyVerdict {
  readonly isAllowed: boolean
  /** `namespace/name` of the policies that select the Pod, and what they lack; '' if none selects it: then a trace is silent about it. */
  readonly says: string
}

/** A TCP connection that a client keeps open for its next request. */
export interface KeptConnection {
  readonly source: Endpoint
  readonly destination: Endpoint
  /** The program at its other end, as `processAt` names it. */
  readonly process: string
  /** Absent if the client is no machine of the cluster. */
  readonly clientNode?: string
  readonly serverNode?: string
  readonly since: number
  readonly changes: AddressChangesState
  /** The program's end would not be heard of: a machine has lost its power or its cable. */
  readonly isCutOff: boolean
}

export interface WorldKeptConnections {
  /** `target`: where the client meant to go. */
  get(client: Host, target: string): KeptConnection | undefined
  set(client: Host, target: string, kept: Omit<KeptConnection, 'isCutOff'> | undefined): void
  /** The program that has the connections of a port: another name for each time that it is started. */
  processAt(host: Host, packet: Packet): string
  runs(process: string): boolean
}

export interface World {
  readonly now: number
  readonly keptConnections?: WorldKeptConnections
  /** From 0 to 2^32-1, of the session's randomness. */
  random(): number
  node(name: string): WorldNode | undefined
  nodes(): readonly WorldNode[]
  pod(namespace: string, name: string): WorldPod | undefined
  /** The Pod (without host network) that has the address. */
  podAt(ip: Ip): WorldPod | undefined
  nodeAt(ip: Ip): WorldNode | undefined
  /** The Pods on a node that have ports of the node (without host network). */
  podsWithHostPorts(nodeName: string): readonly WorldPod[]
  loadBalancerAt(ip: Ip): WorldLoadBalancer | undefined
  readonly serviceCIDRs: readonly Cidr[]
  readonly podCIDR: Cidr
  /** The network that the nodes and the learner's computer are in. */
  readonly nodeCIDR: Cidr
  /** What listens in a Pod, or on a node itself (host network Pods, the API server, the kubelet, health check node ports). */
  askPod(pod: WorldPod, exchange: Exchange): Answer
  askNode(node: WorldNode, ip: Ip, exchange: Exchange): Answer
  /** The Pod in the node's network that listens there, if it is not a program of the node itself. */
  hostNetworkPodAt(
    node: WorldNode,
    socket: { readonly ip: Ip; readonly port: number; readonly protocol: Protocol },
  ): WorldPod | undefined
  /** A CoreDNS Pod's answer to a query that reached it. */
  dnsAnswer(pod: WorldPod, question: Question): DnsReply | undefined
  /**
   * Finds a name as the Pod's C library does, IPv4 addresses only, and sends each question through `ask`:
   * `resolve` of coredns/resolver.ts with the Pod's resolv.conf and hosts.
   */
  lookUp(pod: WorldPod, name: string, ask: AskNameserver): WorldResolution
  /** `egress`: of the Pod that sends; `ingress`: of the one that receives. Without a direction both. */
  policy(
    from: WorldPod | Ip,
    to: WorldPod | Ip,
    port: number,
    protocol: Protocol,
    direction?: 'egress' | 'ingress',
  ): PolicyVerdict
  readonly internet: WorldInternet
}

export interface WorldInternet {
  /** The resolver of nodes, of the internet and of the learner's computer. */
  resolve(question: Question): DnsMessage
  /** What a machine of the internet answers as a name server. */
  askName(ip: Ip, question: Question): DnsMessage | 'timeout' | 'refused'
  /** undefined: no machine has the address. */
  ask(ip: Ip, exchange: Exchange): Answer | undefined
}
