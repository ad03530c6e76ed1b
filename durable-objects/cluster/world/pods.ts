// Pods as the network sees them.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import { podHostname, hostsFileText } from '#coredns/hosts-file.ts'
import { podResolvConf } from '#coredns/resolv-conf.ts'
import type { RunningContainers } from '#kubelet/running-containers.ts'
import { formatIp, parseIp, type Ip } from '#net/ip.ts'
import type { Protocol } from '#netfilter/packet.ts'
import type { WorldPod, WorldResolver } from '#network/world.ts'
import { ObjectIndex } from '#world/object-index.ts'

const NDOTS = /^ndots:(\d+)$/
const DEFAULT_NDOTS = 1

/** Finds Pods by name and by address. */
export class WorldPods {
  readonly #client: Client
  readonly #containers: RunningContainers
  readonly #byAddress: ObjectIndex<'pods'>

  constructor(client: Client, containers: RunningContainers) {
    this.#client = client
    this.#containers = containers
    this.#byAddress = new ObjectIndex(client, 'pods', addressesOf)
  }

  named(namespace: string, name: string): WorldPod | undefined {
    const pod = this.objectOf({ namespace, name })
    return pod === undefined ? undefined : this.#view(pod)
  }

  /** Of several that the API still shows with an address, the one that has its sandbox. */
  at(ip: Ip): Pod | undefined {
    const pods = this.#byAddress.with(formatIp(ip))
    if (pods.length < 2) return pods[0]
    return pods.find((candidate) => this.#containers.hasSandbox(candidate)) ?? pods[0]
  }

  /** The Pods of a node that share its network. */
  withHostNetwork(node: string): readonly Pod[] {
    return this.#client.list('pods', { node }).filter(isHostNetwork)
  }

  /** The Pods of a node to which the node itself forwards ports. */
  withHostPorts(node: string): readonly WorldPod[] {
    return this.#client
      .list('pods', { node })
      .filter((pod) => !isHostNetwork(pod) && hasHostPorts(pod))
      .map((pod) => this.#view(pod))
  }

  objectOf({ namespace, name }: Pick<WorldPod, 'namespace' | 'name'>): Pod | undefined {
    return this.#client.get('pods', namespace, name)
  }

  #view(pod: Pod): WorldPod {
    const { metadata, spec, status } = pod
    return {
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      labels: metadata.labels ?? {},
      nodeName: spec.nodeName ?? '',
      ip: parseIp(status.podIP ?? ''),
      isHostNetwork: isHostNetwork(pod),
      hasNetwork: this.#containers.hasSandbox(pod),
      get hostPorts() {
        return hostPortsOf(pod)
      },
      get resolver() {
        return resolverOf(pod)
      },
    }
  }
}

export const isHostNetwork = ({ spec }: Pod): boolean => spec.hostNetwork === true

const addressesOf = (pod: Pod): readonly string[] => {
  const { podIP, podIPs } = pod.status ?? {}
  if (isHostNetwork(pod) || podIP === undefined) return []
  return podIPs === undefined ? [podIP] : podIPs.map(({ ip }) => ip)
}

const containersWithPorts = ({ spec }: Pod) => [...spec.containers, ...(spec.initContainers ?? [])]

const hasHostPorts = (pod: Pod): boolean =>
  containersWithPorts(pod).some(({ ports }) => ports?.some(({ hostPort }) => hostPort) === true)

const hostPortsOf = (pod: Pod): WorldPod['hostPorts'] =>
  isHostNetwork(pod)
    ? []
    : containersWithPorts(pod)
        .flatMap(({ ports }) => ports ?? [])
        .flatMap(({ hostPort = 0, hostIP = '', containerPort, protocol }) =>
          hostPort === 0
            ? []
            : [{ protocol: lower(protocol), hostPort, hostIP: parseIp(hostIP), containerPort }],
        )

export const lower = (protocol: 'TCP' | 'UDP' | 'SCTP' = 'TCP'): Exclude<Protocol, 'icmp'> =>
  protocol === 'TCP' ? 'tcp' : protocol === 'UDP' ? 'udp' : 'sctp'

export const upper = (protocol: Protocol): string => protocol.toUpperCase()

/** What its programs take their own computer's name to be. */
export const hostnameOf = (pod: Pod): string =>
  isHostNetwork(pod) ? (pod.spec.nodeName ?? '') : podHostname(pod).hostname

const resolverOf = (pod: Pod): WorldResolver => {
  const { nameservers, searches, options } = podResolvConf(pod)
  const ndots = options.findLast((option) => NDOTS.test(option))
  return {
    nameservers,
    searches,
    ndots: ndots === undefined ? DEFAULT_NDOTS : Number(NDOTS.exec(ndots)![1]),
    hosts: hostsOf(hostsFileText(pod)),
  }
}

/** The first address of each name counts. */
const hostsOf = (text: string): ReadonlyMap<string, string> => {
  const hosts = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (parseIp(address)?.version !== 4) continue
    for (const name of names) if (!hosts.has(name)) hosts.set(name, address)
  }
  return hosts
}
