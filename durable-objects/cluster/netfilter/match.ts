// Whether a packet is what a rule wants.
import { type Cidr, cidrContains } from '#net/cidr.ts'
import { type Ip, sameIp } from '#net/ip.ts'
import type { ConnectionState, Packet } from './packet.ts'
import type { Match, Part, Side } from './rule.ts'
import type { VirtualServer } from './virtual-servers.ts'

/** Matches that need nothing but the packet and what is known of its connection. */
type PlainMatch = Exclude<Match, { kind: 'probability' | 'recent' | 'lookup' }>

/** What a rule has besides. */
export type OtherPart = Exclude<Part, PlainMatch>

export interface MatchContext {
  readonly isLocal: (ip: Ip) => boolean
  readonly state: ConnectionState
  readonly isSnat: boolean
  readonly isDnat: boolean
  readonly virtualServer?: VirtualServerName
}

/** The virtual server that a packet's connection goes by way of. */
export type VirtualServerName = Pick<VirtualServer, 'protocol' | 'ip' | 'port'>

/** undefined: the part is another one. It is asked for each part of thousands of rules: to sort parts beforehand would cost more. */
export const matches = (
  match: Part,
  packet: Packet,
  context: MatchContext,
): boolean | undefined => {
  switch (match.kind) {
    case 'address':
      return contains(match.cidr, sideOf(packet, match.side)) !== (match.isNegated ?? false)
    case 'addresses': {
      const ip = sideOf(packet, match.side)
      return match.cidrs.some((cidr) => contains(cidr, ip)) !== (match.isNegated ?? false)
    }
    case 'protocol':
      return packet.protocol === match.protocol
    case 'port':
      return (
        packet.protocol === match.protocol &&
        (match.port === undefined || packet.destination.port === match.port)
      )
    case 'interface': {
      const { input = '' } = packet
      const isMeant = match.isPrefix === true ? input.startsWith(match.name) : input === match.name
      return isMeant !== (match.isNegated ?? false)
    }
    case 'mark':
      return ((packet.mark & match.mask) >>> 0 === match.value >>> 0) !== (match.isNegated ?? false)
    case 'state':
      return match.states.some((state) => isIn(state, context)) !== (match.isNegated ?? false)
    case 'isLocal':
      return context.isLocal(sideOf(packet, match.side)) !== (match.isNegated ?? false)
    case 'bridged':
      // Pods are routed here, never bridged
      return match.isNegated ?? false
    case 'virtualServer':
      return isServer(match, context.virtualServer)
    default:
      return undefined
  }
}

const sideOf = (packet: Packet, side: Side): Ip => packet[side].ip

/** As cidrContains, made for thousands of rules in a row. */
const contains = (cidr: Cidr, ip: Ip): boolean => {
  const { network, prefix } = cidr
  if (ip.version !== 4 || network.version !== 4) return cidrContains(cidr, ip)
  // a shift by 32 would be one by 0
  return prefix === 0 || (ip.value ^ network.value) >>> (32 - prefix) === 0
}

const isServer = (
  { protocol, ip, port }: Extract<Match, { kind: 'virtualServer' }>,
  server: VirtualServerName | undefined,
): boolean => server?.protocol === protocol && server.port === port && sameIp(server.ip, ip)

const isIn = (state: ConnectionState, { state: actual, isSnat, isDnat }: MatchContext): boolean => {
  if (state === 'snat') return isSnat
  if (state === 'dnat') return isDnat
  return state === actual
}
