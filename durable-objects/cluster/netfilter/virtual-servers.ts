// The kernel's load balancer (IPVS): virtual servers, and the real servers that each spreads its connections over.
import { formatIp, type Ip } from '#net/ip.ts'
import type { Protocol } from './packet.ts'
import type { PersistentMap } from './persistent-map.ts'

export interface RealServer {
  readonly ip: Ip
  readonly port: number
  /** 0: no new connections, those that it has may end in peace. */
  readonly weight: number
}

export interface VirtualServer {
  readonly protocol: Exclude<Protocol, 'icmp'>
  readonly ip: Ip
  readonly port: number
  /** `rr`: one server after the other. */
  readonly scheduler: string
  /** How long a client stays with its server. */
  readonly persistentSeconds?: number
  /** In the order of their addresses and ports. */
  readonly servers: readonly RealServer[]
}

/** By `virtualServerKey`. */
export type VirtualServers = PersistentMap<VirtualServer>

/** `tcp 10.96.0.1:443` */
export const virtualServerKey = ({
  protocol,
  ip,
  port,
}: Pick<VirtualServer, 'protocol' | 'ip' | 'port'>): string => `${protocol} ${formatIp(ip)}:${port}`

/** Whether somebody is still connected to the real server by way of the virtual one. */
export type HasConnections = (virtual: VirtualServer, real: RealServer) => boolean

/**
 * What becomes of a virtual server: real servers that go keep their TCP connections to the end and get no new ones.
 * kubernetes: pkg/proxy/ipvs/graceful_termination.go
 */
export const drained = (
  before: VirtualServer | undefined,
  after: VirtualServer,
  hasConnections: HasConnections,
): VirtualServer => {
  if (before === undefined || after.protocol !== 'tcp') return after
  const stays = new Set(after.servers.map(addressText))
  const ending = before.servers.filter(
    (server) => !stays.has(addressText(server)) && hasConnections(before, server),
  )
  if (ending.length === 0) return after
  const servers = [...after.servers, ...ending.map((server) => ({ ...server, weight: 0 }))]
  return { ...after, servers: servers.sort(byAddress) }
}

const addressText = ({ ip, port }: RealServer): string => `${formatIp(ip)} ${port}`

export const byAddress = (
  a: { readonly ip: Ip; readonly port: number },
  b: { readonly ip: Ip; readonly port: number },
): number => {
  if (a.ip.value === b.ip.value) return a.port - b.port
  return a.ip.value < b.ip.value ? -1 : 1
}
