// One tracked connection: its addresses in both directions and how far it has come.
import { formatIp, type Ip, sameIp } from '#net/ip.ts'
import type { Endpoint, Packet, Protocol } from './packet.ts'
import type { Side } from './rule.ts'

/** What tells connections apart: addresses and ports of one direction. */
export interface Tuple {
  readonly protocol: Protocol
  readonly source: Endpoint
  readonly destination: Endpoint
}

/** As /proc/net/nf_conntrack writes it; '' for protocols that have no states. */
export type Progress =
  | ''
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'COOKIE_WAIT'
  | 'COOKIE_ECHOED'

export interface Connection {
  /** The first packet as it came. */
  readonly original: Tuple
  /** What answers look like when they come: without NAT the original turned round. */
  readonly reply: Tuple
  /** Packets went both ways. */
  readonly isReplied: boolean
  /** It has proved itself: it is not the first to go when there are too many. */
  readonly isAssured: boolean
  /** The source was changed. */
  readonly isSnat: boolean
  /** The destination was changed. */
  readonly isDnat: boolean
  readonly progress: Progress
  /** When the first packet came, in milliseconds. */
  readonly since: number
  /** When it is forgotten if nothing more comes. */
  readonly expires: number
}

export const tupleOf = ({ protocol, source, destination }: Packet): Tuple => ({
  protocol,
  source,
  destination,
})

export const turned = ({ protocol, source, destination }: Tuple): Tuple => ({
  protocol,
  source: destination,
  destination: source,
})

export const sameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a === b || (a.port === b.port && sameIp(a.ip, b.ip))

export const tupleKey = ({ protocol, source, destination }: Tuple): string =>
  `${protocol} ${ipKey(source.ip)} ${source.port} ${ipKey(destination.ip)} ${destination.port}`

// a number is enough to tell IPv4 addresses apart, and it is made faster
const ipKey = (ip: Ip): string => (ip.version === 4 ? String(ip.value) : formatIp(ip))

/** The packet with the connection's change of one side made, or undone in an answer. */
export const translated = (
  { original, reply, isSnat, isDnat }: Connection,
  isReply: boolean,
  side: Side,
  packet: Packet,
): Packet => {
  // the source of an answer was the destination of the question
  const isChanged = (side === 'destination') === isReply ? isSnat : isDnat
  if (!isChanged) return packet
  const { source, destination } = isReply ? turned(original) : turned(reply)
  return side === 'source' ? { ...packet, source } : { ...packet, destination }
}
