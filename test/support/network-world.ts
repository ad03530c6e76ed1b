// A small hand-made world: nodes with the tables that kube-proxy's back ends write, Pods that answer, an internet.
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { iptablesBackend } from '#kube-proxy/iptables/backend.ts'
import { nftablesBackend } from '#kube-proxy/nftables/nftables-backend.ts'
import { ipvsTables } from '#kube-proxy/ipvs/ipvs-tables.ts'
import { portKey, type ServicePort } from '#kube-proxy/service-port.ts'
import { ServiceTables } from '#kube-proxy/service-tables.ts'
import { resolve } from '#coredns/resolver.ts'
import type { Cidr } from '#net/cidr.ts'
import {
  absolute,
  type DnsMessage,
  type DnsRecord,
  emptyMessage,
  type Question,
} from '#net/dns-message.ts'
import { type Ip, sameIp } from '#net/ip.ts'
import { Connections } from '#netfilter/connections.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import type {
  Answer,
  AskNameserver,
  Exchange,
  PolicyVerdict,
  World,
  WorldLoadBalancer,
  WorldNode,
  WorldPod,
  WorldResolution,
} from '#network/world.ts'
import { Random } from '#environment.ts'
import { aProxyEndpoint, aServicePort } from './proxy-objects.ts'
import { cidr, ip, proxySettings } from './proxy-recordings.ts'

export interface TestPod extends Partial<Omit<WorldPod, 'ip'>> {
  readonly address?: string
  /** What it answers; HTTP on TCP port 8080 with its name by default. */
  readonly answer?: (exchange: Exchange) => Answer
}

export interface TestNode {
  readonly isOn?: boolean
  readonly isConnected?: boolean
  /** kube-proxy never ran there. */
  readonly hasNoTables?: boolean
}

export interface TestService extends Partial<ServicePort> {
  readonly endpoints: readonly ProxyEndpoint[]
}

export interface TestWorld {
  readonly mode?: 'iptables' | 'nftables' | 'ipvs'
  readonly seed?: number
  readonly nodes?: Readonly<Record<string, TestNode>>
  readonly pods?: readonly (TestPod & { readonly name: string })[]
  readonly services?: readonly TestService[]
  readonly loadBalancers?: Readonly<Record<string, WorldLoadBalancer>>
  /** `name type data` of what CoreDNS and the internet know: `web.default.svc.cluster.local. A 10.96.10.1`. */
  readonly records?: readonly string[]
  readonly policy?: World['policy']
  /** CoreDNS says that it gives addresses in any order; here it is always that of the records. */
  readonly isShuffled?: boolean
}

const NODE_NAMES = ['node-1', 'node-2', 'node-3']
/** The port of kube-dns that is answered by every Pod called coredns. */
export const KUBE_DNS: Ip = ip('10.96.0.10')

const HTTP_8080 =
  (name: string) =>
  ({ protocol, port, http, client }: Exchange): Answer => {
    if (protocol !== 'tcp' || port !== 8080)
      return { kind: 'refused', listeningOn: [{ address: '*', port: 8080, protocol: 'tcp' }] }
    return http === undefined
      ? { kind: 'message', text: undefined }
      : { kind: 'http', status: 200, headers: {}, body: `${name} for ${client}` }
  }

interface PodEntry extends WorldPod {
  readonly answer: (exchange: Exchange) => Answer
}

const podOf = (given: TestPod & { readonly name: string }): PodEntry => {
  const { address, namespace = 'default', nodeName = 'node-1', ...rest } = given
  return {
    labels: {},
    ip: address === undefined ? undefined : ip(address),
    isHostNetwork: false,
    hasNetwork: true,
    hostPorts: [],
    resolver: {
      nameservers: ['10.96.0.10'],
      searches: [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      hosts: new Map(),
    },
    answer: HTTP_8080(given.name),
    ...rest,
    namespace,
    nodeName,
  }
}

/** Three Pods `web-1`…`web-3` at 10.244.0.10, 10.244.1.10, 10.244.2.10, one on each node; they serve port 8080. */
export const WEB_PODS = NODE_NAMES.map((nodeName, index) => ({
  name: `web-${index + 1}`,
  nodeName,
  address: `10.244.${index}.10`,
}))

export const webEndpoints = (count = 3): readonly ProxyEndpoint[] =>
  WEB_PODS.slice(0, count).map(({ address, nodeName }) => aProxyEndpoint(address, { nodeName }))

export const CLIENT = { name: 'client', nodeName: 'node-1', address: '10.244.0.20' }
export const COREDNS = {
  name: 'coredns',
  namespace: 'kube-system',
  nodeName: 'node-2',
  address: '10.244.1.2',
}

export const kubeDns = (): TestService => ({
  name: { namespace: 'kube-system', name: 'kube-dns', port: 'dns', protocol: 'UDP' },
  clusterIP: KUBE_DNS,
  port: 53,
  protocol: 'UDP',
  endpoints: [aProxyEndpoint(COREDNS.address, { port: 53, nodeName: COREDNS.nodeName })],
})

interface Kernel {
  readonly ruleset: Ruleset
  readonly virtualServers?: VirtualServers
}

type Kernels = (nodeName: string, nodeIP: Ip) => Kernel

const kernelsOf = ({ mode = 'iptables', services = [] }: TestWorld): Kernels => {
  const inputs = services.map(({ endpoints, ...port }) => ({ port: aServicePort(port), endpoints }))
  if (mode === 'ipvs')
    return (nodeName, nodeIP) => {
      const place = { nodeName, zone: '', nodeIP }
      const node = { place, addresses: [nodeIP] }
      const { tables, servers } = ipvsTables(inputs, node, proxySettings())
      return { ruleset: tables.ruleset, virtualServers: servers }
    }
  const tables = new ServiceTables(
    mode === 'iptables' ? iptablesBackend : nftablesBackend,
    proxySettings(),
  )
  tables.update(new Map(inputs.map((input) => [portKey(input.port.name), [input]])))
  return (nodeName, nodeIP) => ({
    ruleset: tables.at({ nodeName, zone: '', nodeIP }, [nodeIP]),
  })
}

const nodesOf = (given: TestWorld): readonly WorldNode[] => {
  const kernels = kernelsOf(given)
  return NODE_NAMES.map((name, index) => {
    const { isOn = true, isConnected = true } = given.nodes?.[name] ?? {}
    const nodeIP = ip(`192.168.49.${index + 2}`)
    const podCIDR: Cidr = cidr(`10.244.${index}.0/24`)
    let kernel: Kernel | undefined
    const known = (): Kernel => (kernel ??= kernels(name, nodeIP))
    return {
      name,
      ips: [nodeIP],
      podCIDR,
      isOn,
      isConnected,
      ruleset: () => known().ruleset,
      virtualServers: () => known().virtualServers,
      connections: new Connections(),
      mode: given.mode ?? 'iptables',
    }
  })
}

const recordOf = (line: string): DnsRecord => {
  const [name = '', type = '', data = ''] = line.split(' ')
  return type === 'CNAME'
    ? { name, ttl: 5, type, target: data }
    : { name, ttl: 30, type: 'A', address: data }
}

const answerWith =
  (records: readonly DnsRecord[]) =>
  (question: Question): DnsMessage => {
    const answer: DnsRecord[] = []
    let name = absolute(question.name)
    for (;;) {
      const found = records.filter((one) => one.name === name)
      answer.push(...found)
      const [first] = found
      if (first?.type !== 'CNAME') break
      name = first.target
    }
    return { ...emptyMessage(question, answer.length > 0 ? 'NOERROR' : 'NXDOMAIN'), answer }
  }

const ALLOWED: PolicyVerdict = { isAllowed: true, says: '' }

export const aWorld = (given: TestWorld = {}): World => {
  const nodes = nodesOf(given)
  const pods = (given.pods ?? [...WEB_PODS, CLIENT, COREDNS]).map(podOf)
  const random = new Random(given.seed ?? 1)
  const known = answerWith((given.records ?? []).map(recordOf))
  const entry = (pod: WorldPod): PodEntry =>
    pods.find(({ namespace, name }) => namespace === pod.namespace && name === pod.name)!
  return {
    now: 1_000_000,
    random: () => random.next(),
    node: (name) => nodes.find((node) => node.name === name),
    nodes: () => nodes,
    pod: (namespace, name) => pods.find((pod) => pod.namespace === namespace && pod.name === name),
    podAt: (address) =>
      pods.find((pod) => !pod.isHostNetwork && pod.ip !== undefined && sameIp(pod.ip, address)),
    nodeAt: (address) => nodes.find(({ ips }) => ips.some((own) => sameIp(own, address))),
    podsWithHostPorts: (nodeName) =>
      pods.filter((pod) => pod.nodeName === nodeName && pod.hostPorts.length > 0),
    loadBalancerAt: (address) =>
      Object.entries(given.loadBalancers ?? {}).find(([text]) => sameIp(ip(text), address))?.[1],
    serviceCIDRs: [cidr('10.96.0.0/12')],
    podCIDR: cidr('10.244.0.0/16'),
    nodeCIDR: cidr('192.168.49.0/24'),
    askPod: (pod, exchange) => entry(pod).answer(exchange),
    askNode: (node, _, exchange) =>
      exchange.port === 6443
        ? { kind: 'http', status: 200, headers: {}, body: `${node.name} for ${exchange.client}` }
        : { kind: 'refused', listeningOn: [] },
    hostNetworkPodAt: () => undefined,
    dnsAnswer: (pod, question) =>
      pod.name.startsWith('coredns')
        ? { ...known(question), isShuffled: given.isShuffled === true }
        : undefined,
    lookUp: (pod, name, ask: AskNameserver): WorldResolution =>
      resolve(name, {
        conf: {
          nameservers: pod.resolver.nameservers,
          searches: pod.resolver.searches,
          options: [`ndots:${pod.resolver.ndots}`],
        },
        ask,
        family: 'ipv4',
      }),
    policy: given.policy ?? (() => ALLOWED),
    internet: {
      resolve: known,
      askName: (_, question) => known(question),
      ask: (address) =>
        sameIp(address, ip('93.184.216.34'))
          ? { kind: 'http', status: 200, headers: {}, body: 'external' }
          : undefined,
    },
  }
}

export { ip } from './proxy-recordings.ts'
