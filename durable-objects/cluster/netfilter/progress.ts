// How connections come forward, packet by packet, and how long each state lasts without another.
// Linux: net/netfilter/nf_conntrack_proto_{tcp,udp,sctp,icmp}.c
import type { Connection, Progress } from './connection.ts'
import type { Packet, TcpSegment } from './packet.ts'

/** In seconds. */
export interface Timeouts {
  readonly tcp: Readonly<Record<TcpProgress, number>>
  /** Picked up in the middle, no answer yet. */
  readonly tcpUnacknowledged: number
  readonly udp: number
  readonly udpStream: number
  readonly icmp: number
  readonly sctp: Readonly<Record<'COOKIE_WAIT' | 'COOKIE_ECHOED' | 'ESTABLISHED', number>>
}

type TcpProgress =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'

export const LINUX_TIMEOUTS: Timeouts = {
  tcp: {
    SYN_SENT: 120,
    SYN_RECV: 60,
    ESTABLISHED: 432_000,
    FIN_WAIT: 120,
    CLOSE_WAIT: 60,
    LAST_ACK: 30,
    TIME_WAIT: 120,
    CLOSE: 10,
  },
  tcpUnacknowledged: 300,
  udp: 30,
  udpStream: 120,
  icmp: 30,
  sctp: { COOKIE_WAIT: 3, COOKIE_ECHOED: 3, ESTABLISHED: 210 },
}

/** Datagrams count as a stream when the conversation is older than this. */
const STREAM_AGE = 2_000

/** What a packet makes of its connection. */
export type Advance =
  | {
      readonly kind: 'goOn'
      readonly progress: Progress
      readonly seconds: number
      readonly isAssured: boolean
    }
  /** The first packet of a connection that reuses the addresses of one that ended. */
  | { readonly kind: 'reopen' }
  /** Nothing can come after it: a port that refused. */
  | { readonly kind: 'end' }
  /** No packet of a connection. */
  | { readonly kind: 'invalid' }

/** The part of a connection that counts; undefined before the first packet. */
export type Past = Pick<Connection, 'progress' | 'isReplied' | 'isAssured' | 'since'>

interface Arrival {
  readonly packet: Packet
  readonly isReply: boolean
  readonly now: number
}

export const advance = (past: Past | undefined, arrival: Arrival, timeouts: Timeouts): Advance => {
  switch (arrival.packet.protocol) {
    case 'tcp':
      return advanceTcp(past, arrival, timeouts)
    case 'udp':
      return advanceUdp(past, arrival, timeouts)
    case 'sctp':
      return advanceSctp(past, arrival, timeouts)
    case 'icmp':
      return { kind: 'goOn', progress: '', seconds: timeouts.icmp, isAssured: false }
  }
}

const advanceUdp = (
  past: Past | undefined,
  { isReply, now }: Arrival,
  { udp, udpStream }: Timeouts,
): Advance => {
  const isTwoWay = past !== undefined && (past.isReplied || isReply)
  const isStream = isTwoWay && now > past.since + STREAM_AGE
  return {
    kind: 'goOn',
    progress: '',
    seconds: isStream ? udpStream : udp,
    isAssured: isStream || (past?.isAssured ?? false),
  }
}

/** Of the handshake's chunks we know no more than who speaks. */
const advanceSctp = (past: Past | undefined, { isReply }: Arrival, { sctp }: Timeouts): Advance => {
  const before = past?.progress ?? ''
  const isSettled = before === 'ESTABLISHED' || (before === 'COOKIE_ECHOED' && !isReply)
  const waiting = isReply || before === 'COOKIE_ECHOED' ? 'COOKIE_ECHOED' : 'COOKIE_WAIT'
  const progress = isSettled ? 'ESTABLISHED' : waiting
  return { kind: 'goOn', progress, seconds: sctp[progress], isAssured: isSettled }
}

type TcpStep = TcpProgress | 'reopen' | 'invalid' | 'ignore'
type TcpTable = Readonly<Record<TcpSegment, readonly TcpStep[]>>

const ORDER: readonly Progress[] = [
  '',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
]

const steps = (text: string): readonly TcpStep[] => text.split(' ').map((word) => STEP_OF[word]!)

const STEP_OF: Readonly<Record<string, TcpStep>> = {
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  new: 'reopen',
  '!': 'invalid',
  '-': 'ignore',
}

// What follows on each state in the order of ORDER. Linux: tcp_conntracks, without opens from both sides at once.
const FORTH: TcpTable = {
  syn: steps('SS SS - - - - - new new'),
  'syn-ack': steps('! ! SR - - - - - -'),
  fin: steps('! ! FW FW LA LA LA TW CL'),
  ack: steps('ES ! ES ES CW CW TW TW CL'),
  rst: steps('! CL CL CL CL CL CL CL CL'),
}
const BACK: TcpTable = {
  syn: steps('! - ! ! ! ! ! new !'),
  'syn-ack': steps('! SR - - - - - - -'),
  fin: steps('! ! FW FW LA LA LA TW CL'),
  ack: steps('! - SR ES CW CW TW TW CL'),
  rst: steps('! CL CL CL CL CL CL CL CL'),
}

/** What comes next in a connection that goes well. */
const expectedSegment = (progress: Progress, isReply: boolean): TcpSegment => {
  if (isReply) return progress === 'SYN_SENT' ? 'syn-ack' : 'ack'
  const isFirst =
    progress === '' || progress === 'SYN_SENT' || progress === 'TIME_WAIT' || progress === 'CLOSE'
  return isFirst ? 'syn' : 'ack'
}

const advanceTcp = (
  past: Past | undefined,
  { packet, isReply }: Arrival,
  timeouts: Timeouts,
): Advance => {
  const before = past?.progress ?? ''
  const segment = packet.segment ?? expectedSegment(before, isReply)
  const step = (isReply ? BACK : FORTH)[segment][ORDER.indexOf(before)] ?? 'invalid'
  if (step === 'reopen') return { kind: 'reopen' }
  if (step === 'invalid') return { kind: 'invalid' }
  const isReplied = (past?.isReplied ?? false) || isReply
  // the only answer was that nobody listens
  if (segment === 'rst' && past?.isReplied !== true) return { kind: 'end' }
  // only a connection that has a state ignores a packet
  const progress = step === 'ignore' ? (before as TcpProgress) : step
  const isEstablished =
    progress === 'ESTABLISHED' && (before === 'SYN_RECV' || before === 'ESTABLISHED')
  const isPickedUp = progress === 'ESTABLISHED' && !isReplied
  return {
    kind: 'goOn',
    progress,
    seconds: isPickedUp
      ? Math.min(timeouts.tcpUnacknowledged, timeouts.tcp.ESTABLISHED)
      : timeouts.tcp[progress],
    isAssured: (past?.isAssured ?? false) || (isEstablished && isReplied),
  }
}
