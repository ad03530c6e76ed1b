// What the machine that a packet reached has to say to it.
import { formatIp } from '#net/ip.ts'
import type { Packet } from '#netfilter/packet.ts'
import { endpointText, type Host, podName } from './host.ts'
import type { TraceRequest } from './trace.ts'
import type { Answer, Exchange, ListeningSocket, World } from './world.ts'

/** Undefined: no machine has the address. */
export const askServer = (
  world: World,
  host: Host,
  packet: Packet,
  request: TraceRequest,
): Answer | undefined => askHost(world, host, packet, partsOf(request))

/** What is said, beside from where to where. */
export type ExchangeParts = Pick<Exchange, 'http' | 'message'>

/** The same for who is no trace. */
export const askHost = (
  world: World,
  host: Host,
  packet: Packet,
  parts: ExchangeParts,
): Answer | undefined => {
  const { protocol, source, destination } = packet
  const client = endpointText(source)
  const exchange: Exchange = { protocol, port: destination.port, client, ...parts }
  switch (host.kind) {
    case 'pod':
      return world.askPod(host.pod, exchange)
    case 'node':
      return world.askNode(host.node, packet.destination.ip, exchange)
    case 'remote':
      return world.internet.ask(host.ip, exchange)
    default:
      return { kind: 'refused', listeningOn: [] }
  }
}

const partsOf = ({ to, method, headers, body }: TraceRequest): ExchangeParts => {
  if (to.scheme !== 'http' && to.scheme !== 'https') return body === '' ? {} : { message: body }
  const isTls = to.scheme === 'https'
  const usual = isTls ? 443 : 80
  const host = to.port === usual ? to.host : `${to.host}:${to.port}`
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    http: {
      method,
      path: to.path,
      headers: Object.fromEntries([['host', host], ...lower]),
      body,
      isTls,
    },
  }
}

export const serverName = (host: Host): string => {
  switch (host.kind) {
    case 'pod':
      return podName(host.pod)
    case 'node':
      return host.pod === undefined ? host.node.name : podName(host.pod)
    case 'remote':
      return formatIp(host.ip)
    default:
      return host.kind
  }
}

/** Why the connection was refused. */
export const refusal = (
  host: Host,
  packet: Packet,
  listeningOn: readonly ListeningSocket[],
): string => {
  const { protocol, destination } = packet
  const what =
    listeningOn.length === 0
      ? 'nothing listens there at all'
      : `what listens there is ${[...new Set(listeningOn.map(socketText))].join(', ')}`
  return `nobody listens on ${protocol} port ${destination.port} of ${serverName(host)} (${formatIp(destination.ip)}): ${what}`
}

const socketText = ({ protocol, port, address }: ListeningSocket): string =>
  address === '*' ? `${protocol} ${port}` : `${protocol} ${port} on ${address} only`
