// What one Service port needs on a node in mode ipvs. kubernetes: pkg/proxy/ipvs/proxier.go syncProxyRules, syncEndpoint
import { type Cidr, cidrContains, formatCidr } from '#net/cidr.ts'
import { formatIp, type Ip, isLoopback, sameIp } from '#net/ip.ts'
import type { Rule } from '#netfilter/rule.ts'
import { elementKey } from '#netfilter/ruleset.ts'
import { byAddress, type RealServer, type VirtualServer } from '#netfilter/virtual-servers.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { Bundle, BundleElement } from '#kube-proxy/bundle.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import {
  type CategorizedEndpoints,
  categorizeEndpoints,
  type NodePlace,
} from '#kube-proxy/topology.ts'
import { FILTER, setInfo, type SetName } from './ip-sets.ts'
import { OUT_FILTER } from './chains.ts'
import { loopBacks } from './loop-back.ts'

export interface IpvsPart {
  readonly bundle: Bundle
  readonly servers: readonly VirtualServer[]
}

/** What the node has: all of its addresses but those of kube-ipvs0. */
export interface IpvsNode {
  readonly place: NodePlace
  readonly addresses: readonly Ip[]
}

const SCHEDULER = 'rr'
export const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const

export const ipvsPart = (
  port: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  node: IpvsNode,
  settings: ProxySettings,
): IpvsPart => new PartWriter(port, endpoints, node).written(settings)

/** Where node ports are open. */
export const nodePortIPs = (
  addresses: readonly Ip[],
  { nodePortAddresses }: Pick<ProxySettings, 'nodePortAddresses'>,
): readonly Ip[] =>
  addresses.filter(
    (ip) =>
      ip.version === 4 &&
      !isLoopback(ip) &&
      (nodePortAddresses.length === 0 || nodePortAddresses.some((cidr) => cidrContains(cidr, ip))),
  )

class PartWriter {
  readonly #port: ServicePort
  readonly #all: readonly ProxyEndpoint[]
  readonly #node: IpvsNode
  readonly #endpoints: CategorizedEndpoints
  readonly #protocol: VirtualServer['protocol']
  readonly #elements: BundleElement[] = []
  readonly #servers: VirtualServer[] = []
  readonly #rules: Rule[] = []

  constructor(port: ServicePort, all: readonly ProxyEndpoint[], node: IpvsNode) {
    this.#port = port
    this.#all = all
    this.#node = node
    this.#endpoints = categorizeEndpoints(all, port, node.place)
    this.#protocol = PROTOCOLS[port.protocol]
  }

  written(settings: ProxySettings): IpvsPart {
    this.#loopBack()
    this.#clusterIP()
    for (const ip of this.#port.externalIPs) this.#externalIP(ip)
    for (const ip of this.#port.loadBalancerVIPs) this.#loadBalancer(ip)
    const nodeIPs = nodePortIPs(this.#node.addresses, settings)
    if (this.#port.nodePort !== 0) this.#nodePort(nodeIPs)
    if (this.#port.healthCheckNodePort !== 0)
      this.#add('KUBE-HEALTH-CHECK-NODE-PORT', [this.#port.healthCheckNodePort])
    const rules =
      this.#rules.length === 0 ? [] : [{ table: FILTER, chain: OUT_FILTER, rules: this.#rules }]
    const bundle = { chains: [], rules, sets: [], elements: this.#elements }
    return { bundle, servers: this.#servers }
  }

  #add(set: SetName, key: readonly (string | number)[]): void {
    for (const table of setInfo(set).tables)
      this.#elements.push({ table, set, key: elementKey(key), element: {} })
  }

  #serve(ip: Ip, port: number, isLocal: boolean): void {
    const { stickySeconds } = this.#port
    this.#servers.push({
      protocol: this.#protocol,
      ip,
      port,
      scheduler: SCHEDULER,
      ...(stickySeconds === 0 ? {} : { persistentSeconds: stickySeconds }),
      servers: this.#realServers(isLocal),
    })
  }

  /** Without local endpoints those of the whole cluster are taken: the node's own Pods may come here too. */
  #realServers(isLocal: boolean): readonly RealServer[] {
    const { local, cluster } = this.#endpoints
    return (isLocal && local.length > 0 ? local : cluster)
      .map(({ ip, port }) => ({ ip, port, weight: 1 }))
      .sort(byAddress)
  }

  #loopBack(): void {
    const { nodeName } = this.#node.place
    const here = this.#all.filter((endpoint) => endpoint.nodeName === nodeName)
    for (const { element } of loopBacks(here, this.#protocol)) this.#elements.push(element)
  }

  #clusterIP(): void {
    const { clusterIP, port, isInternalPolicyLocal } = this.#port
    this.#add('KUBE-CLUSTER-IP', this.#at(clusterIP))
    this.#serve(clusterIP, port, isInternalPolicyLocal)
    this.#add('KUBE-IPVS-IPS', [formatIp(clusterIP)])
  }

  #at(ip: Ip): readonly (string | number)[] {
    return [formatIp(ip), this.#protocol, this.#port.port]
  }

  #externalIP(ip: Ip): void {
    const isLocal = this.#port.isExternalPolicyLocal
    this.#add(isLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP', this.#at(ip))
    this.#serve(ip, this.#port.port, isLocal)
    this.#bind(ip)
  }

  #loadBalancer(ip: Ip): void {
    const { isExternalPolicyLocal, loadBalancerSourceRanges: ranges } = this.#port
    this.#add('KUBE-LOAD-BALANCER', this.#at(ip))
    if (isExternalPolicyLocal) this.#add('KUBE-LOAD-BALANCER-LOCAL', this.#at(ip))
    if (ranges.length > 0) this.#sourceRanges(ip, ranges)
    this.#serve(ip, this.#port.port, isExternalPolicyLocal)
    this.#bind(ip)
  }

  #sourceRanges(ip: Ip, ranges: readonly Cidr[]): void {
    this.#add('KUBE-LOAD-BALANCER-FW', this.#at(ip))
    for (const range of ranges)
      this.#add('KUBE-LOAD-BALANCER-SOURCE-CIDR', [...this.#at(ip), formatCidr(range)])
    // What the node sends to an address of its own comes from that very address.
    const { nodeIP } = this.#node.place
    if (nodeIP !== undefined && ranges.some((range) => cidrContains(range, nodeIP)))
      this.#add('KUBE-LOAD-BALANCER-SOURCE-IP', [...this.#at(ip), formatIp(ip)])
    else this.#rules.push(this.#dropFromNode(ip))
  }

  #dropFromNode(ip: Ip): Rule {
    return {
      parts: [
        { kind: 'address', side: 'source', cidr: { network: ip, prefix: 32 } },
        { kind: 'virtualServer', protocol: this.#protocol, ip, port: this.#port.port },
        { kind: 'verdict', verdict: { kind: 'drop' } },
      ],
    }
  }

  /** kube-ipvs0 gets the address unless another interface has it. */
  #bind(ip: Ip): void {
    if (!this.#node.addresses.some((own) => sameIp(own, ip)))
      this.#add('KUBE-IPVS-IPS', [formatIp(ip)])
  }

  #nodePort(nodeIPs: readonly Ip[]): void {
    const { nodePort, isExternalPolicyLocal, protocol } = this.#port
    // a bitmap has no room for SCTP's addresses
    const suffix = protocol === 'SCTP' ? 'SCTP-HASH' : protocol
    const entries =
      protocol === 'SCTP'
        ? nodeIPs.map((ip) => [formatIp(ip), this.#protocol, nodePort])
        : [[nodePort]]
    for (const entry of nodeIPs.length === 0 ? [] : entries) {
      this.#add(`KUBE-NODE-PORT-${suffix}`, entry)
      if (isExternalPolicyLocal) this.#add(`KUBE-NODE-PORT-LOCAL-${suffix}`, entry)
    }
    for (const ip of nodeIPs) this.#serve(ip, nodePort, isExternalPolicyLocal)
  }
}
