// What a trace says: the outcome, and each step of the way in order. It is what `POST …/trace` answers and what a Trace object's status holds.

export type TraceOutcome =
  /** The request reached a program, and its reply came back. */
  | 'delivered'
  /** Somebody's kernel answered that nobody listens there (TCP RST, ICMP port unreachable). */
  | 'refused'
  /** No answer ever comes. */
  | 'timeout'
  /** The name does not exist. */
  | 'nxdomain'
  /** No router knows the way. */
  | 'no-route'
  /** A rule of kube-proxy answered with an error. */
  | 'rejected'
  /** A rule took the packet away without a word. */
  | 'dropped'

/** Where a step happens. */
export interface TracePlace {
  /** The node's name; absent outside the cluster. */
  readonly node?: string
  /** `pod default/web-1`, `kernel`, `coredns`, `cloud load balancer`, `internet`, `workstation`. */
  readonly component: string
}

export interface TracePacket {
  /** `TCP`, `UDP`, `SCTP`, `ICMP` */
  readonly protocol: string
  /** `10.244.1.5:43210` */
  readonly source: string
  readonly destination: string
}

/** The very line of the node's tables that decided. */
export interface TraceRule {
  readonly table: string
  readonly chain: string
  /** From 1, as `iptables -L --line-numbers` counts. */
  readonly number: number
  readonly text: string
  /** How many rules of all chains had been tried on this node until here: iptables looks at them one after the other. */
  readonly tried: number
}

/** A question for a name, and its answer. */
export interface TraceDns {
  readonly nameserver: string
  readonly transport: 'UDP' | 'TCP'
  readonly name: string
  readonly type: string
  /** Of the search list, what was put behind the name; '' for the name as it is. */
  readonly suffix: string
  /** `NOERROR`, `NXDOMAIN`, …; absent in the question, and if no answer came. */
  readonly rcode?: string
  /** As zone files have them, with their TTLs: `web.default.svc.cluster.local. 5 IN A 10.96.0.1`. */
  readonly answer?: readonly string[]
  /** The name server had it in its cache, where it stays for so many seconds. */
  readonly cacheSecondsLeft?: number
}

export interface TraceHop {
  readonly where: TracePlace
  /**
   * `send`, `dns-query`, `dns-answer`, `stale`, `route`, `host-port`, `rule`, `dnat`, `snat`, `conntrack`, `policy`, `forward`, `balance`,
   * `deliver`, `closed`, `request`, `reply`, `receive`; and where it ends otherwise: `refuse`, `reject`, `drop`, `lost`, `silent`, unless the
   * name has another address: `next-address`.
   */
  readonly what: string
  readonly packet?: TracePacket
  /** The packet's addresses before this step, where it changed them. */
  readonly before?: TracePacket
  readonly rule?: TraceRule
  readonly dns?: TraceDns
  /** The chance, from 0 to 1, with which this way was taken. */
  readonly probability?: number
  /** What a diagram would draw as a box: what the packet is addressed to from here on, or where it is. `ClusterIP 10.96.10.1:80` */
  readonly station?: string
  /** A chain was looked into in which no rule matched: nothing came of it. */
  readonly isAside?: boolean
  /** Whether this is on the way back. */
  readonly isReply?: boolean
  /** The same in a sentence, for a person who sees such a thing for the first time. */
  readonly says: string
}

/** What the program answered. */
export interface TraceReply {
  readonly protocol: 'HTTP' | 'TCP' | 'UDP'
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** `default/web-1` or the name of what answered outside the cluster. */
  readonly from: string
}

export interface Trace {
  readonly outcome: TraceOutcome
  /** Why, in a sentence. */
  readonly says: string
  readonly reply?: TraceReply
  readonly hops: readonly TraceHop[]
}

/** Exactly one of the four. */
export type TraceSource =
  | { readonly pod: { readonly namespace: string; readonly name: string } }
  | { readonly node: string }
  | { readonly internet: true }
  /** The learner's own computer: it reaches the nodes' addresses and load balancers, but no cluster IP and no Pod. */
  | { readonly workstation: true }

/** `http://web-service/`, `tcp://10.96.0.10:80`, `udp://10.96.0.10:53`, read and checked. */
export interface TraceTarget {
  readonly scheme: 'http' | 'https' | 'tcp' | 'udp' | 'sctp'
  /** A name or an address. */
  readonly host: string
  readonly port: number
  /** With the query; `/` for http by default. */
  readonly path: string
}

export interface TraceRequest {
  readonly from: TraceSource
  readonly to: TraceTarget
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The source port; chosen by the network if absent. */
  readonly sourcePort?: number
  /** The client keeps its connection open, and sends over the one that it has kept. */
  readonly connection?: 'reuse'
}
