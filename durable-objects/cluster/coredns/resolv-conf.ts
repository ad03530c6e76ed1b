// A container's /etc/resolv.conf. kubernetes: pkg/kubelet/network/dns/dns.go
import type { Pod } from '#api/core/v1/pod/types.ts'

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  /** `ndots:5`. */
  readonly options: readonly string[]
}

export interface PodResolvConf extends ResolvConf {
  /** What the kubelet warns of, each an Event of reason DNSConfigForming. */
  readonly warnings: readonly string[]
}

/** How the kubelets are configured, and what their nodes have. */
export interface DnsSettings {
  readonly clusterDNS: readonly string[]
  readonly clusterDomain: string
  readonly node: ResolvConf
}

/** The tenth address of the Service range, as kubeadm picks it. */
export const CLUSTER_DNS = '10.96.0.10'
/** The name server of the network that the nodes are in. */
export const NODE_NAME_SERVER = '192.168.49.1'

export const DNS_SETTINGS: DnsSettings = {
  clusterDNS: [CLUSTER_DNS],
  clusterDomain: 'cluster.local',
  node: { nameservers: [NODE_NAME_SERVER], searches: [], options: [] },
}

const MAX_NAMESERVERS = 3
const MAX_SEARCHES = 32
const MAX_SEARCH_CHARACTERS = 2048
const MAX_SEARCH_LENGTH = 253

/** `ClusterFirst` means the node's own on the node's network. */
const isClusterFirst = ({ dnsPolicy = 'ClusterFirst', hostNetwork }: Pod['spec']): boolean =>
  dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true)

const NOTHING: ResolvConf = { nameservers: [], searches: [], options: [] }

/** kubernetes: Configurer.GetPodDNS */
export const podResolvConf = (
  { metadata: { namespace = '' }, spec }: Pick<Pod, 'metadata' | 'spec'>,
  settings: DnsSettings = DNS_SETTINGS,
): PodResolvConf => {
  const { node, clusterDNS, clusterDomain } = settings
  let base = spec.dnsPolicy === 'None' ? NOTHING : node
  if (isClusterFirst(spec) && clusterDNS.length > 0) {
    const domains = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
    base = {
      nameservers: clusterDNS,
      searches: unique([...domains, ...node.searches]),
      options: ['ndots:5'],
    }
  }
  return withinLimits(merged(base, spec.dnsConfig))
}

/** kubernetes: appendDNSConfig. Upstream leaves the order of options to chance. */
const merged = (base: ResolvConf, config: Pod['spec']['dnsConfig']): ResolvConf => {
  if (config === undefined) return base
  const options = new Map(base.options.map(splitOption))
  for (const { name = '', value = '' } of config.options ?? []) options.set(name, value)
  return {
    nameservers: unique([...base.nameservers, ...(config.nameservers ?? [])]),
    searches: unique([...base.searches, ...(config.searches ?? [])]),
    options: [...options].map(([name, value]) => (value === '' ? name : `${name}:${value}`)),
  }
}

const splitOption = (option: string): [string, string] => {
  const colon = option.indexOf(':')
  return colon < 0 ? [option, ''] : [option.slice(0, colon), option.slice(colon + 1)]
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

/** kubernetes: formDNSConfigFitsLimits */
const withinLimits = (conf: ResolvConf): PodResolvConf => {
  const warnings: string[] = []
  const nameservers = conf.nameservers.slice(0, MAX_NAMESERVERS)
  if (nameservers.length < conf.nameservers.length)
    warnings.push(
      `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${nameservers.join(' ')}`,
    )
  const searches = fittingSearches(conf.searches)
  if (searches.length < conf.searches.length)
    warnings.push(
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches.join(' ')}`,
    )
  return { nameservers, searches, options: conf.options, warnings }
}

const fittingSearches = (all: readonly string[]): readonly string[] => {
  const searches = all.slice(0, MAX_SEARCHES).filter(({ length }) => length <= MAX_SEARCH_LENGTH)
  while (searches.join(' ').length > MAX_SEARCH_CHARACTERS) searches.pop()
  return searches
}

/** The file as cri-dockerd writes it. */
export const resolvConfText = ({ nameservers, searches, options }: ResolvConf): string =>
  [
    ...nameservers.map((address) => `nameserver ${address}\n`),
    ...(searches.length > 0 ? [`search ${searches.join(' ')}\n`] : []),
    ...(options.length > 0 ? [`options ${options.join(' ')}\n`] : []),
  ].join('')
