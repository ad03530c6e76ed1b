// The network as a program sees it that runs in some Pod, on a node or on the learner's computer. cluster.ts supplies it; it bounds how
// many calls one request may lead to and how deep they go.
import type { HttpReply, HttpRequest } from '#images/behaviour.ts'
import type { DnsMessage, Question } from '#net/dns-message.ts'

export type Transport = 'TCP' | 'UDP' | 'SCTP'

/** Which library a program asks for addresses: they search differently. */
export type ResolverLibrary = 'glibc' | 'musl' | 'go'

export interface Resolved {
  readonly end:
    | 'found'
    | 'NXDOMAIN'
    | 'NODATA'
    | 'SERVFAIL'
    /** No name server answered. */
    | 'unreachable'
    /** Nothing listens on the name server's port. */
    | 'refused'
    /** No message can carry the name. */
    | 'invalid'
  readonly addresses: readonly string[]
  readonly canonicalName: string
  /** The name server that was asked last. */
  readonly server?: string
  /** Milliseconds. */
  readonly takes: number
}

export interface Queried {
  readonly outcome: DnsMessage | 'timeout' | 'refused'
  readonly server: string
  readonly takes: number
}

export interface QueryOptions {
  /** Another than that of /etc/resolv.conf. */
  readonly server?: string
  readonly port?: number
  readonly transport?: 'TCP' | 'UDP'
  /** How long an answer is waited for, in milliseconds. Default: 5000. */
  readonly timeout?: number
}

/** One connection, or one datagram. Without `http` and `message` it is only opened. */
export interface Contact {
  readonly protocol: Transport
  readonly address: string
  readonly port: number
  readonly http?: HttpRequest
  readonly isTls?: boolean
  readonly message?: string
}

export type Contacted = {
  /** `10.244.1.5:43210`: where it came from. */
  readonly source: string
  /** Milliseconds until this was known; of a timeout: 0, since the caller decides how long to wait. */
  readonly takes: number
} & (
  | { readonly outcome: 'http'; readonly reply: HttpReply }
  /** Bytes that are not HTTP came back. */
  | { readonly outcome: 'message'; readonly text: string }
  /** It is open, or the datagram was taken, and nothing comes back. */
  | { readonly outcome: 'silent' }
  /** It was open, and was closed before an answer came. */
  | { readonly outcome: 'reset' }
  /** Somebody's kernel says that nobody listens there. */
  | { readonly outcome: 'refused' }
  /** No packet comes back. */
  | { readonly outcome: 'timeout' }
  /** A router knows no way. */
  | { readonly outcome: 'no-route' }
)

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  readonly ndots: number
}

export interface Network {
  readonly resolvConf: ResolvConf
  /** The text of /etc/hosts. */
  readonly hosts: string
  /** The addresses of a name, as the C library or Go finds them: /etc/hosts, then the search list. */
  resolve(name: string, library: ResolverLibrary): Resolved
  /** Asks a name server one question, as it stands. */
  query(question: Question, options?: QueryOptions): Queried
  contact(contact: Contact): Contacted
  /** Whether an address answers to ICMP echo; absent: as `contact` would find it. */
  ping?(address: string): 'reply' | 'timeout' | 'no-route'
}
