// Which tracked UDP conversations lead to where nothing serves any more. TCP finds out by itself; UDP would go on for as long as the client
// sends. kubernetes: pkg/proxy/conntrack/cleanup.go CleanStaleEntries
import type { Ip } from '#net/ip.ts'
import type { Connection } from '#netfilter/connection.ts'
import type { Endpoint } from '#netfilter/packet.ts'
import type { ServicePort } from './service-port.ts'
import type { PortInput } from './service-tables.ts'

/** `ip port`, as numbers. */
type Ends = ReadonlySet<string>

const keyOf = ({ ip, port }: Pick<Endpoint, 'ip' | 'port'>): string => `${ip.value} ${port}`

const addressesOf = ({ clusterIP, loadBalancerVIPs, externalIPs }: ServicePort): readonly Ip[] => [
  clusterIP,
  ...loadBalancerVIPs,
  ...externalIPs,
]

/** What a sync with these ports makes the kernel forget; undefined if there is nothing to look for. */
export const staleConnections = (
  inputs: Iterable<PortInput>,
): ((connection: Connection) => boolean) | undefined => {
  const byAddress = new Map<string, Ends>()
  const byNodePort = new Map<number, Ends>()
  for (const { port, endpoints } of inputs) {
    if (port.protocol !== 'UDP') continue
    // policies, topology and whether an endpoint terminates do not matter: what was begun goes on as with TCP
    const serving = new Set(endpoints.filter(({ isServing }) => isServing).map(keyOf))
    // without any there is nobody to be sent to instead
    if (serving.size === 0) continue
    for (const ip of addressesOf(port)) byAddress.set(keyOf({ ip, port: port.port }), serving)
    if (port.nodePort !== 0) byNodePort.set(port.nodePort, serving)
  }
  if (byAddress.size === 0) return undefined
  return ({ original: { protocol, destination }, reply }) => {
    if (protocol !== 'udp') return false
    const server = keyOf(reply.source)
    return (
      byAddress.get(keyOf(destination))?.has(server) === false ||
      byNodePort.get(destination.port)?.has(server) === false
    )
  }
}
