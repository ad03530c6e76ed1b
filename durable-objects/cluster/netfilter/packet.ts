// A packet as the kernel's tables see it.
import type { Ip } from '#net/ip.ts'

export type Protocol = 'tcp' | 'udp' | 'sctp' | 'icmp'

export interface Endpoint {
  readonly ip: Ip
  /** 0 for ICMP. */
  readonly port: number
}

/** What a TCP packet says about its connection. */
export type TcpSegment = 'syn' | 'syn-ack' | 'ack' | 'fin' | 'rst'

export interface Packet {
  readonly protocol: Protocol
  readonly source: Endpoint
  readonly destination: Endpoint
  /** The firewall mark: 32 bits that rules set and match while the packet is on this node. */
  readonly mark: number
  /** Of TCP; absent: what comes next in a connection that goes well. */
  readonly segment?: TcpSegment
  /** The interface that it came in by; absent if the node itself sends it. */
  readonly input?: string
  /** The interface that it leaves by, once it is routed; absent if it stays here. */
  readonly output?: string
}

/** The places in the kernel where tables have their say, in the order a packet meets them. */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/** What connection tracking says of a packet. `snat` and `dnat` are virtual states: the connection's addresses were changed. */
export type ConnectionState =
  | 'invalid'
  | 'new'
  | 'established'
  | 'related'
  | 'untracked'
  | 'snat'
  | 'dnat'
