// Machines that send and receive packets.
import { formatIp, type Ip, parseIp } from '#net/ip.ts'
import type { Endpoint, Packet } from '#netfilter/packet.ts'
import type { TracePacket, TracePlace } from './trace.ts'
import type { WorldNode, WorldPod } from './world.ts'

/** Where a packet starts, and where it ends. */
export type Host =
  /** A Pod with a network of its own. */
  | { readonly kind: 'pod'; readonly pod: WorldPod; readonly node: WorldNode }
  /** A node, or a Pod that uses its node's network. */
  | { readonly kind: 'node'; readonly node: WorldNode; readonly pod?: WorldPod }
  | { readonly kind: 'internet' }
  | { readonly kind: 'workstation' }
  /** A machine somewhere in the internet. */
  | { readonly kind: 'remote'; readonly ip: Ip }

const address = (text: string): Ip => {
  const ip = parseIp(text)
  if (ip === undefined) throw new Error(`${text} is no address`)
  return ip
}

/** A client somewhere in the internet; the range is one for examples (RFC 5737) that no load balancer here uses. */
export const INTERNET_CLIENT: Ip = address('192.0.2.254')
/** The learner's computer. It is the nodes' router too, and answers their questions for names. */
export const WORKSTATION: Ip = address('192.168.49.1')

export const podName = ({ namespace, name }: WorldPod): string => `${namespace}/${name}`

export const placeOf = (host: Host): TracePlace => {
  switch (host.kind) {
    case 'pod':
      return { node: host.node.name, component: `pod ${podName(host.pod)}` }
    case 'node':
      return {
        node: host.node.name,
        component: host.pod === undefined ? 'node' : `pod ${podName(host.pod)}`,
      }
    case 'remote':
      return { component: `internet host ${formatIp(host.ip)}` }
    default:
      return { component: host.kind }
  }
}

/** In a sentence: `Pod default/web-1`. */
export const hostName = (host: Host): string => {
  switch (host.kind) {
    case 'pod':
      return `Pod ${podName(host.pod)}`
    case 'node':
      return host.pod === undefined
        ? `node ${host.node.name}`
        : `Pod ${podName(host.pod)} (host network)`
    case 'internet':
      return 'a client in the internet'
    case 'workstation':
      return 'your computer'
    case 'remote':
      return `the machine ${formatIp(host.ip)} in the internet`
  }
}

export const endpointText = ({ ip, port }: Endpoint): string => `${formatIp(ip)}:${port}`

export const tracePacket = ({ protocol, source, destination }: Packet): TracePacket => ({
  protocol: protocol.toUpperCase(),
  source: endpointText(source),
  destination: endpointText(destination),
})
