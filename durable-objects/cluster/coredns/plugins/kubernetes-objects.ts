// What the cluster's objects say about a name. coredns: plugin/kubernetes/kubernetes.go
import type { Service } from '#api/core/v1/service/types.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { KubernetesPlugin } from '#coredns/plugins/kubernetes-config.ts'
import type { NameParts } from '#coredns/plugins/kubernetes-names.ts'
import { parseIp } from '#net/ip.ts'

/** One thing that a name stands for. coredns: plugin/etcd/msg Service */
export interface Found {
  /** An address, or the name that an ExternalName stands for. */
  readonly host: string
  /** -1 if it has none. */
  readonly port: number
  /** The name of its own, below the zone: `10-244-0-5.web.default.svc`. */
  readonly owner: string
}

/** All that a name stands for; empty if it exists but stands for nothing; undefined if there is no such name. */
export type Lookup = readonly Found[] | undefined

const SLICES = 'endpointslices.discovery.k8s.io'
const SERVICE_NAME = 'kubernetes.io/service-name'
/** Objects without ports are found all the same, but for SRV. */
const NO_PORTS = [{ name: '', port: -1, protocol: '' }] as const
/** Labels of names end here, so longer pod names name nothing. */
const MAX_POD_NAME = 63

export const lookUp = (
  client: Client,
  plugin: KubernetesPlugin,
  parts: NameParts | undefined,
): Lookup => {
  if (parts === undefined) return undefined
  if (parts.kind === '') return []
  if (!isExposed(client, plugin, parts.namespace)) return undefined
  if (parts.service === '')
    return parts.kind === 'pod' && plugin.pods === 'disabled' ? undefined : []
  return parts.kind === 'pod'
    ? podAddress(client, plugin, parts)
    : serviceAddresses(client, plugin, parts)
}

/** coredns: plugin/kubernetes/namespace.go */
const isExposed = (client: Client, plugin: KubernetesPlugin, name: string): boolean => {
  if (plugin.namespaces.size > 0 && !plugin.namespaces.has(name)) return false
  const namespace = client.get('namespaces', '', name)
  if (namespace === undefined) return false
  const selector = plugin.namespaceLabels
  return selector === undefined || matches(selector, namespace.metadata.labels)
}

/** `10-244-0-5.default.pod`: the address is in the name. */
const podAddress = (
  client: Client,
  { pods }: KubernetesPlugin,
  { service: name, namespace }: NameParts,
): Lookup => {
  if (pods === 'disabled') return undefined
  const isIpv4 = name.split('-').length === 4 && !name.includes('--')
  const host = name.replaceAll('-', isIpv4 ? '.' : ':')
  if (parseIp(host) === undefined) return undefined
  if (pods === 'verified') {
    const isThere = client
      .list('pods', { namespace })
      .some((pod) => pod.status.podIP === host && pod.metadata.deletionTimestamp === undefined)
    if (!isThere) return undefined
  }
  return [{ host, port: 0, owner: `${name}.${namespace}.pod` }]
}

const serviceAddresses = (client: Client, plugin: KubernetesPlugin, parts: NameParts): Lookup => {
  const service = client.get('services', parts.namespace, parts.service)
  if (service === undefined || !isSelected(plugin.labels, service)) return undefined
  if (service.spec.type === 'ExternalName') return externalName(service, parts)
  if (isHeadless(service) || parts.endpoint !== '') return endpointAddresses(client, plugin, parts)
  if (plugin.ignoresEmpty && readyEndpoints(client, plugin, parts).length === 0) return undefined
  const owner = `${parts.service}.${parts.namespace}.svc`
  const found = portsOf(service).flatMap(({ name, port, protocol }) =>
    isAsked(parts, name, protocol)
      ? clusterIPs(service).map((host) => ({ host, port, owner }))
      : [],
  )
  return found.length === 0 ? undefined : found
}

/** An ExternalName that is an address is none: upstream answers as if there were no such Service. */
const externalName = ({ spec }: Service, parts: NameParts): Lookup => {
  const host = spec.externalName ?? ''
  if (parts.endpoint !== '' || parseIp(host) !== undefined) return undefined
  return [{ host, port: 0, owner: `${parts.service}.${parts.namespace}.svc` }]
}

const endpointAddresses = (client: Client, plugin: KubernetesPlugin, parts: NameParts): Lookup => {
  const found: Found[] = []
  for (const { slice, endpoint } of readyEndpoints(client, plugin, parts)) {
    const label = endpointLabel(endpoint, plugin)
    for (const host of endpoint.addresses) {
      const name = label ?? dashed(host)
      if (parts.endpoint !== '' && parts.endpoint !== name.toLowerCase()) continue
      const owner = `${name}.${parts.service}.${parts.namespace}.svc`
      for (const { name: portName, port, protocol } of slicePorts(slice))
        if (isAsked(parts, portName, protocol)) found.push({ host, port, owner })
    }
  }
  return found.length === 0 ? undefined : found
}

interface ReadyEndpoint {
  readonly slice: EndpointSlice
  readonly endpoint: Endpoint
}

const readyEndpoints = (
  client: Client,
  plugin: KubernetesPlugin,
  { namespace, service }: Pick<NameParts, 'namespace' | 'service'>,
): readonly ReadyEndpoint[] => {
  if (!plugin.hasEndpoints) return []
  const labels = [{ key: SERVICE_NAME, operator: 'In', values: [service] }] as const
  return client
    .list(SLICES, { namespace, labels })
    .filter((slice) => isSelected(plugin.labels, slice))
    .flatMap(readyOf)
}

const readyOf = (slice: EndpointSlice): readonly ReadyEndpoint[] =>
  (slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map((endpoint) => ({ slice, endpoint }))

const isSelected = (
  selector: Selector | undefined,
  { metadata }: Pick<Service, 'metadata'>,
): boolean => selector === undefined || matches(selector, metadata.labels)

const isHeadless = (service: Service): boolean => clusterIPs(service)[0] === 'None'

const clusterIPs = ({ spec }: Service): readonly string[] =>
  spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP])

interface NamedPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
}

const portsOf = ({ spec: { ports = [] } }: Service): readonly NamedPort[] =>
  ports.length === 0
    ? NO_PORTS
    : ports.map(({ name = '', port, protocol = 'TCP' }) => ({ name, port, protocol }))

/** The slices of a headless Service without ports hold `ports: null`. */
const slicePorts = ({ ports }: EndpointSlice): readonly NamedPort[] =>
  (ports ?? []).length === 0
    ? NO_PORTS
    : ports!.map(({ name = '', port = -1, protocol = 'TCP' }) => ({ name, port, protocol }))

/** Without a port in the question every port fits. */
const isAsked = (parts: NameParts, name: string, protocol: string): boolean =>
  (parts.port === '' || parts.port === name.toLowerCase()) &&
  (parts.protocol === '' || parts.protocol === protocol.toLowerCase())

/** The label before the Service's name; undefined if it is made from the address. */
const endpointLabel = (
  { hostname, targetRef }: Endpoint,
  { hasPodNames }: KubernetesPlugin,
): string | undefined => {
  if (hostname !== undefined && hostname !== '') return hostname
  const pod = targetRef?.name ?? ''
  return hasPodNames && pod !== '' && pod.length <= MAX_POD_NAME ? pod : undefined
}

/** `10.244.0.5` as a label. */
const dashed = (address: string): string =>
  address.includes('.') ? address.replaceAll('.', '-') : address.replaceAll(':', '-')

/** The names, without the zone, of whatever has the address: a Service, else its endpoints. coredns: reverse.go */
export const namesOfAddress = (
  client: Client,
  plugin: KubernetesPlugin,
  address: string,
): readonly string[] => {
  const isOpen = (namespace: string) =>
    plugin.namespaces.size === 0 || isExposed(client, plugin, namespace)
  for (const service of client.list('services')) {
    if (!clusterIPs(service).includes(address) || !isSelected(plugin.labels, service)) continue
    const { name, namespace } = service.metadata
    if (isOpen(namespace!)) return [`${name}.${namespace}.svc`]
  }
  return endpointsAt(client, plugin, address).flatMap(({ slice, endpoint }) => {
    const { namespace } = slice.metadata
    const service = own(slice.metadata.labels, SERVICE_NAME) ?? ''
    if (!isOpen(namespace!)) return []
    return [`${endpointLabel(endpoint, plugin) ?? dashed(address)}.${service}.${namespace}.svc`]
  })
}

const endpointsAt = (
  client: Client,
  plugin: KubernetesPlugin,
  address: string,
): readonly ReadyEndpoint[] =>
  plugin.hasEndpoints
    ? client
        .list(SLICES)
        .filter((slice) => isSelected(plugin.labels, slice))
        .flatMap(readyOf)
        .filter(({ endpoint }) => endpoint.addresses.includes(address))
    : []

/** The Services through which these CoreDNS pods are reached, as the zone's name servers. coredns: ns.go */
export const ownServices = (
  client: Client,
  plugin: KubernetesPlugin,
  serverIPs: readonly string[],
): readonly Found[] =>
  serverIPs.flatMap((serverIP) =>
    endpointsAt(client, plugin, serverIP).flatMap(({ slice }): readonly Found[] => {
      const name = own(slice.metadata.labels, SERVICE_NAME) ?? ''
      const { namespace } = slice.metadata
      const service = client.get('services', namespace!, name)
      if (service === undefined) return []
      const owner = `${name}.${namespace}.svc`
      if (!isHeadless(service)) {
        const [host = ''] = clusterIPs(service)
        return [{ host, port: 0, owner }]
      }
      return readyOf(slice).flatMap(({ endpoint }) =>
        endpoint.addresses.map((host) => ({
          host,
          port: 0,
          owner: `${endpointLabel(endpoint, plugin) ?? dashed(host)}.${owner}`,
        })),
      )
    }),
  )
