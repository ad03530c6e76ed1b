// Which Service a packet is for of those that a proxy sees other than they are.
import type { Client } from '#client/client.ts'
import { splitKey } from '#apimachinery/object.ts'
import { sameIp } from '#net/ip.ts'
import type { Packet } from '#netfilter/packet.ts'
import { type PastView, SERVICES } from './past-view.ts'
import type { ServicePort } from './service-port.ts'
import { servicePortsOf } from './service-ports.ts'

export interface Stale {
  /** `namespace/name` */
  readonly service: string
  /** When the proxy writes it, in milliseconds since the epoch; absent if it hears of no changes. */
  readonly due?: number
}

type Addressed = Pick<Packet, 'protocol' | 'destination'>

/** `namespace/name`; addresses that the Service had or has count alike. */
export const serviceAt = (packet: Addressed, view: PastView, client: Client): string | undefined =>
  [...view.services].sort().find((key) => {
    const { namespace, name } = splitKey(key)
    return [view.objectsOf(key).service, client.get(SERVICES, namespace, name)].some(
      (service) =>
        service !== undefined && servicePortsOf(service).some((port) => isAt(port, packet)),
    )
  })

const isAt = (port: ServicePort, { protocol, destination: { ip, port: number } }: Addressed) => {
  if (port.protocol.toLowerCase() !== protocol) return false
  if (port.nodePort === number) return true
  const { clusterIP, externalIPs, loadBalancerVIPs } = port
  return (
    port.port === number &&
    [clusterIP, ...externalIPs, ...loadBalancerVIPs].some((own) => sameIp(own, ip))
  )
}
