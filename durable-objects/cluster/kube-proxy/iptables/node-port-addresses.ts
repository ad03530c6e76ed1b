// At which of the node's addresses node ports are reached. kubernetes: pkg/proxy/util/nodeport_addresses.go
import { cidrContains, type Cidr } from '#net/cidr.ts'
import { isLoopback, type Ip } from '#net/ip.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import { LOOPBACK } from './rule-parts.ts'

const LOCALHOST: Ip = { version: 4, value: 0x7f000001 }

/** Nothing is said, or a range says everything. */
export const matchesAll = (cidrs: readonly Cidr[]): boolean =>
  cidrs.length === 0 || cidrs.some(({ prefix }) => prefix === 0)

/** Reaching node ports at 127.0.0.1 must be asked for, and the addresses must allow it. */
export const hasLocalhostNodePorts = ({
  localhostNodePorts,
  nodePortAddresses,
}: Pick<ProxySettings, 'localhostNodePorts' | 'nodePortAddresses'>): boolean =>
  localhostNodePorts &&
  (matchesAll(nodePortAddresses) ||
    nodePortAddresses.some(
      (cidr) => isLoopback(cidr.network) || cidrContains(cidr, LOOPBACK.network),
    ))

/** The node's addresses that are named, where not all of them are. */
export const namedAddresses = (settings: ProxySettings, nodeIPs: readonly Ip[]): readonly Ip[] => {
  const allowsLoopback = hasLocalhostNodePorts(settings)
  const others = nodeIPs.filter((ip) => !isLoopback(ip))
  return [LOCALHOST, ...others].filter(
    (ip) =>
      (allowsLoopback || !isLoopback(ip)) &&
      settings.nodePortAddresses.some((cidr) => cidrContains(cidr, ip)),
  )
}
