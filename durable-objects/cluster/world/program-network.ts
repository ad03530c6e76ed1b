// The network as the programs in a Pod or on the learner's computer see it: every question and every connection crosses the simulated network as a trace does, only
// that nobody is told of the hops.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { hostsFileText } from '#coredns/hosts-file.ts'
import { DNS_SETTINGS, podResolvConf, type ResolvConf as DnsConf } from '#coredns/resolv-conf.ts'
import { resolve } from '#coredns/resolver.ts'
import type {
  Contact,
  Contacted,
  Network,
  Queried,
  QueryOptions,
  ResolvConf,
  Resolved,
  ResolverLibrary,
} from '#images/network.ts'
import { cidrContains } from '#net/cidr.ts'
import type { Question } from '#net/dns-message.ts'
import { formatIp, parseIp } from '#net/ip.ts'
import { askHost } from '#network/ask-server.ts'
import { UNANSWERED_ARP } from '#network/cable.ts'
import { Conversation, type End, ephemeralPort } from '#network/conversation.ts'
import { sendQuestion } from '#network/dns.ts'
import type { Host } from '#network/host.ts'
import { NO_HOPS } from '#network/hops.ts'
import { addressOf, senderOf } from '#network/sender.ts'
import { Walk } from '#network/walk.ts'
import type { Answer, Exchange, World } from '#network/world.ts'
import type { CallLimits } from '#world/call-limits.ts'
import { lower } from '#world/pods.ts'

/** How long a packet and its answer take, in milliseconds. */
const ROUND_TRIP = 1
const DNS_TIMEOUT = 5000

const NEVER: Contacted = { source: '', takes: 0, outcome: 'timeout' }

/** Where a program runs that asks. */
interface Place {
  readonly conf: () => DnsConf
  /** The text of /etc/hosts. */
  readonly hosts: () => string
  /** undefined: it has no network. */
  readonly host: () => Host | undefined
}

export const placeOfPod = (world: World, pod: Pod): Place => ({
  conf: () => podResolvConf(pod),
  hosts: () => hostsFileText(pod),
  host: () => {
    const { namespace = '', name = '' } = pod.metadata
    const sender = senderOf(world, { pod: { namespace, name } })
    return 'outcome' in sender ? undefined : sender
  },
})

/** The learner's computer, which stands outside of the cluster. `hosts`: the text of its /etc/hosts. */
export const placeOfWorkstation = (hosts: () => string): Place => ({
  conf: () => DNS_SETTINGS.node,
  hosts,
  host: () => ({ kind: 'workstation' }),
})

export class ProgramNetwork implements Network {
  readonly #world: World
  readonly #place: Place
  readonly #limits: CallLimits

  constructor(world: World, place: Place, limits: CallLimits) {
    this.#world = world
    this.#place = place
    this.#limits = limits
  }

  get resolvConf(): ResolvConf {
    const { nameservers, searches, options } = this.#place.conf()
    const ndots = options.findLast((option) => option.startsWith('ndots:'))?.slice(6)
    return { nameservers, searches, ndots: ndots === undefined ? 1 : Number(ndots) }
  }

  get hosts(): string {
    return this.#place.hosts()
  }

  resolve(name: string, library: ResolverLibrary): Resolved {
    const host = this.#place.host()
    const unreachable: Resolved = {
      end: 'unreachable',
      addresses: [],
      canonicalName: name,
      takes: 0,
    }
    if (host === undefined || !this.#limits.take()) return unreachable
    const { end, addresses, canonicalName, queries } = resolve(name, {
      conf: this.#place.conf(),
      hosts: this.hosts,
      family: 'ipv4',
      library: library === 'musl' ? 'musl' : 'glibc',
      ask: (nameserver, question, transport) =>
        sendQuestion(this.#world, host, { nameserver, question, transport }),
    })
    const server = queries.at(-1)?.nameserver
    const takes = queries.reduce((sum, { waited }) => sum + (waited * 1000 || ROUND_TRIP), 0)
    return {
      end,
      addresses,
      canonicalName,
      takes,
      ...(server === undefined ? {} : { server }),
    }
  }

  query(question: Question, options: QueryOptions = {}): Queried {
    const { port = 53, transport = 'UDP', timeout = DNS_TIMEOUT } = options
    const server = options.server ?? this.resolvConf.nameservers[0] ?? '127.0.0.1'
    const host = this.#place.host()
    const outcome =
      host === undefined || !this.#limits.take()
        ? 'timeout'
        : sendQuestion(this.#world, host, { nameserver: server, question, transport, port })
    return { outcome, server, takes: outcome === 'timeout' ? timeout : ROUND_TRIP }
  }

  contact(contact: Contact): Contacted {
    const host = this.#place.host()
    const ip = parseIp(contact.address)
    if (host === undefined || ip === undefined) return { ...NEVER, outcome: 'no-route' }
    const told = this.#limits.enter(() => converse(this.#world, host, contact)) ?? NEVER
    const isLost = told.outcome === 'no-route' && this.#isLostOutside(host, ip)
    return isLost ? { ...NEVER, source: told.source } : told
  }

  ping(address: string): 'reply' | 'timeout' | 'no-route' {
    const host = this.#place.host()
    const ip = parseIp(address)
    if (host === undefined || ip === undefined) return 'no-route'
    if (!this.#limits.take()) return 'timeout'
    const conversation = conversationOf(this.#world, host, { protocol: 'icmp', ip, port: 0 })
    const stopped = conversation.open()
    if (stopped?.outcome === 'no-route' && !this.#isLostOutside(host, ip)) return 'no-route'
    if (stopped !== undefined) return 'timeout'
    const there = conversation.arrived.host
    if (there.kind === 'internet' || there.kind === 'workstation') return 'reply'
    if (there.kind === 'remote' && this.#isNobody(there)) return 'timeout'
    return conversation.answer('') === undefined ? 'reply' : 'timeout'
  }

  /** The learner's router sends what it has no other way for into the internet, where cluster IPs mean nothing: nobody says so. */
  #isLostOutside(host: Host, ip: Ip): boolean {
    return host.kind === 'workstation' && !cidrContains(this.#world.nodeCIDR, ip)
  }

  #isNobody({ ip }: Extract<Host, { kind: 'remote' }>): boolean {
    const exchange: Exchange = { protocol: 'tcp', port: 443, client: '' }
    return this.#world.internet.ask(ip, exchange) === undefined
  }
}

const conversationOf = (
  world: World,
  client: Host,
  to: Pick<Exchange, 'protocol' | 'port'> & { readonly ip: Ip },
): Conversation =>
  new Conversation({
    walk: new Walk({ world, hops: NO_HOPS }),
    hops: NO_HOPS,
    client,
    protocol: to.protocol,
    destination: { ip: to.ip, port: to.port },
    sourcePort: ephemeralPort(world),
  })

/** One connection or one datagram from a machine to an address, which must be one. */
export const converse = (world: World, client: Host, contact: Contact): Contacted => {
  const ip = parseIp(contact.address)!
  const protocol = lower(contact.protocol)
  const conversation = conversationOf(world, client, { protocol, ip, port: contact.port })
  const address = addressOf(client, ip)
  const stopped = conversation.open()
  const source = address === undefined ? '' : `${formatIp(address)}:${conversation.sourcePort}`
  if (stopped !== undefined) return unreached(stopped, source)
  const { host, packet } = conversation.arrived
  const answer = askHost(world, host, packet, exchangeParts(contact))
  if (answer?.kind === 'refused') {
    conversation.refuse('')
    return { source, takes: ROUND_TRIP, outcome: 'refused' }
  }
  const isGone = answer === undefined || isLost(conversation, protocol, answer)
  return isGone ? { ...NEVER, source } : { source, ...replyOf(answer) }
}

/** Whether what was answered does not come back. A datagram that nobody answers cannot be told from one that was taken. */
const isLost = (conversation: Conversation, protocol: string, answer: Answer): boolean => {
  if (protocol === 'udp' && !hasText(answer)) return false
  if (conversation.answer('') !== undefined) return true
  if (protocol === 'udp') return false
  const lost = hasText(answer) && conversation.exchange('', '') !== undefined
  conversation.close()
  return lost
}

type Ip = NonNullable<ReturnType<typeof parseIp>>

const hasText = (answer: Answer): boolean =>
  answer.kind === 'http' || (answer.kind === 'message' && answer.text !== undefined)

/** That nobody has an address is found out by asking for it, which takes its time. */
const unreached = (stopped: End, source: string): Contacted => {
  const outcome = outcomeOf(stopped)
  return outcome === 'no-route'
    ? { source, takes: UNANSWERED_ARP, outcome }
    : { ...NEVER, source, outcome }
}

const outcomeOf = ({ outcome }: End): 'refused' | 'timeout' | 'no-route' => {
  if (outcome === 'rejected' || outcome === 'refused') return 'refused'
  return outcome === 'no-route' ? 'no-route' : 'timeout'
}

const exchangeParts = ({ address, port, http, isTls, message }: Contact) => {
  if (http === undefined) return message === undefined ? {} : { message }
  const { method, path, headers = {}, body = '' } = http
  const lowered = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  )
  const all = Object.fromEntries([['host', `${address}:${port}`], ...lowered])
  return { http: { method, path, headers: all, body, isTls: isTls === true } }
}

type Reply =
  | Pick<Extract<Contacted, { outcome: 'http' }>, 'outcome' | 'takes' | 'reply'>
  | Pick<Extract<Contacted, { outcome: 'message' }>, 'outcome' | 'takes' | 'text'>
  | Pick<Extract<Contacted, { outcome: 'silent' | 'reset' }>, 'outcome' | 'takes'>

const replyOf = (answer: Answer): Reply => {
  if (answer.kind === 'http') {
    const { kind: _kind, ...reply } = answer
    return { outcome: 'http', takes: ROUND_TRIP, reply }
  }
  if (answer.kind === 'message' && answer.text !== undefined)
    return { outcome: 'message', takes: ROUND_TRIP, text: answer.text }
  return { outcome: answer.kind === 'reset' ? 'reset' : 'silent', takes: ROUND_TRIP }
}
