// The kernel's load balancer at work: which real server a new connection to a virtual one goes to.
import { formatIp } from '#net/ip.ts'
import type { Chance } from './evaluation.ts'
import type { Packet } from './packet.ts'
import type { RuleMemory } from './rule-memory.ts'
import {
  type RealServer,
  type VirtualServer,
  virtualServerKey,
  type VirtualServers,
} from './virtual-servers.ts'

/** The virtual server that a packet is addressed to. */
export const virtualServerFor = (
  servers: VirtualServers | undefined,
  { protocol, destination }: Packet,
): VirtualServer | undefined =>
  servers === undefined || protocol === 'icmp'
    ? undefined
    : servers.get(virtualServerKey({ protocol, ip: destination.ip, port: destination.port }))

/**
 * One server after the other, or the one that the client had last. undefined: there is none that takes new connections. Weights
 * say no more than whether it does: kube-proxy gives all the same.
 */
export const schedule = (
  server: VirtualServer,
  { source }: Packet,
  memory: RuleMemory,
  now: number,
  chance?: Chance,
): RealServer | undefined => {
  const servers = server.servers.filter(({ weight }) => weight > 0)
  if (servers.length === 0) return undefined
  const list = `ipvs ${virtualServerKey(server)}`
  const { persistentSeconds: seconds } = server
  const clientAt = ({ ip, port }: RealServer): string =>
    `${formatIp(source.ip)} ${formatIp(ip)} ${port}`
  const kept =
    seconds === undefined
      ? undefined
      : servers.find((real) => memory.hasElement(list, clientAt(real), now))
  const take = (): number => memory.take(list)
  const { length } = servers
  const chosen = kept ?? servers[chance === undefined ? take() % length : chance.turn(length, take)]
  if (chosen !== undefined && seconds !== undefined)
    memory.updateElement(list, clientAt(chosen), { now, seconds })
  return chosen
}
