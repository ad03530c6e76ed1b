// One request from its name to its answer: what `POST …/trace` answers.
import { formatIp, type Ip } from '#net/ip.ts'
import type { Protocol } from '#netfilter/packet.ts'
import { askServer, refusal, serverName } from './ask-server.ts'
import { Conversation, type End, ephemeralPort } from './conversation.ts'
import { type DnsDetail, resolveName } from './dns.ts'
import { type Host, hostName, placeOf } from './host.ts'
import { HopList } from './hops.ts'
import { proxyLag } from './proxy-lag.ts'
import { senderOf } from './sender.ts'
import type { Trace, TraceReply, TraceRequest } from './trace.ts'
import { Walk } from './walk.ts'
import type { Answer, World } from './world.ts'

export interface TraceOptions {
  /** Of which questions for names every hop is told; of the first one by default. */
  readonly dns?: DnsDetail
}

export const trace = (world: World, request: TraceRequest, options: TraceOptions = {}): Trace => {
  const sender = senderOf(world, request.from)
  if ('outcome' in sender) return { outcome: sender.outcome, says: sender.says, hops: [] }
  const hops = new HopList()
  const { dns: detail = 'first' } = options
  const resolved = resolveName({ world, hops, detail }, sender, request.to.host)
  if ('outcome' in resolved) return { ...resolved, hops: hops.list }
  const { reply, end } = converse(world, hops, { request, sender, ips: resolved.ips })
  return { ...end, ...(reply === undefined ? {} : { reply }), hops: hops.list }
}

export const protocolOf = ({ to: { scheme } }: TraceRequest): Protocol =>
  scheme === 'udp' || scheme === 'sctp' ? scheme : 'tcp'

/** As many addresses of one name are tried. musl: src/network/lookup.h MAXADDRS */
const MAX_ADDRESSES = 48

/** How many of a name's addresses a client tries: only who opens a connection knows that an address does not answer. */
export const triesOf = (request: TraceRequest, addresses: number): number =>
  request.to.scheme === 'udp' ? 1 : Math.min(addresses, MAX_ADDRESSES)

interface Asked {
  readonly request: TraceRequest
  readonly sender: Host
  readonly ips: readonly Ip[]
}

export interface Answered {
  readonly end: End
  readonly reply?: TraceReply
  /** There was somebody to talk to: a client does not try another address, whatever came of it. */
  readonly isConnected: boolean
}

/** Tries the name's addresses one after the other, as curl and Go do. */
const converse = (world: World, hops: HopList, { request, sender, ips }: Asked): Answered => {
  const tries = triesOf(request, ips.length)
  for (let index = 0; ; index++) {
    const answered = attempt(world, hops, { request, sender, ip: ips[index]! })
    const next = index + 1 < tries ? ips[index + 1] : undefined
    if (answered.isConnected || next === undefined) return ofMany(answered, index + 1)
    hops.add(() => ({
      where: placeOf(sender),
      what: 'next-address',
      says: `${hostName(sender)} has no connection to ${formatIp(ips[index]!)} (${answered.end.outcome}), but the name has ${tries} addresses: it tries the next one, ${formatIp(next)}`,
    }))
  }
}

const ofMany = (answered: Answered, tried: number): Answered => {
  if (answered.isConnected || tried === 1) return answered
  const { outcome, says } = answered.end
  return {
    ...answered,
    end: { outcome, says: `none of the name's ${tried} addresses answers; the last one: ${says}` },
  }
}

interface Attempt {
  readonly request: TraceRequest
  readonly sender: Host
  readonly ip: Ip
}

const attempt = (world: World, hops: HopList, { request, sender, ip }: Attempt): Answered => {
  const walk = new Walk({ world, hops, onPassage: proxyLag(world, hops) })
  const conversation = new Conversation({
    walk,
    hops,
    client: sender,
    protocol: protocolOf(request),
    destination: { ip, port: request.to.port },
    sourcePort: request.sourcePort ?? ephemeralPort(world),
  })
  const stopped = conversation.open()
  if (stopped !== undefined) return { end: stopped, isConnected: false }
  const { host, packet } = conversation.arrived
  const answer = askServer(world, host, packet, request)
  if (answer?.kind === 'refused')
    return {
      end: conversation.refuse(refusal(host, packet, answer.listeningOn)),
      isConnected: false,
    }
  return answerOf(conversation, request, answer)
}

/** The rest of a conversation whose first packet has arrived; `answer` is undefined if no machine has the address. */
export const answerOf = (
  conversation: Conversation,
  request: TraceRequest,
  answer: Taken | undefined,
): Answered => {
  const { host, packet } = conversation.arrived
  if (answer === undefined) return { end: nobody(host), isConnected: false }
  const isStream = packet.protocol === 'tcp' || packet.protocol === 'sctp'
  return isStream ? stream(conversation, request, answer) : datagram(conversation, host, answer)
}

const nobody = (host: Host): End => ({
  outcome: 'timeout',
  says: `no answer comes: ${host.kind === 'remote' ? `no machine in the internet has the address ${formatIp(host.ip)}` : `nobody is at ${hostName(host)}`}`,
})

type Taken = Exclude<Answer, { kind: 'refused' }>

const stream = (conversation: Conversation, request: TraceRequest, answer: Taken): Answered => {
  const { host } = conversation.arrived
  const name = hostName(host)
  const lost = conversation.answer(`${name} takes the connection`)
  if (lost !== undefined) return { end: lost, isConnected: false }
  const reply = replyOf(host, answer)
  if (answer.kind === 'reset') {
    conversation.abort()
    return {
      end: { outcome: 'refused', says: answerText(name, answer)! },
      isConnected: true,
    }
  }
  const isConnectOnly = request.to.scheme === 'tcp' || request.to.scheme === 'sctp'
  if (isConnectOnly && answer.kind !== 'message') {
    conversation.close()
    return {
      end: { outcome: 'delivered', says: `${name} took the connection` },
      reply: silentReply(host),
      isConnected: true,
    }
  }
  const silence = conversation.exchange(requestText(request), answerText(name, answer))
  conversation.close()
  if (silence !== undefined) return { end: silence, isConnected: true }
  const end: End = { outcome: 'delivered', says: answerText(name, answer) ?? name }
  return { end, ...reply, isConnected: true }
}

const datagram = (conversation: Conversation, host: Host, answer: Taken): Answered => {
  const name = hostName(host)
  if (answer.kind === 'silent' || (answer.kind === 'message' && answer.text === undefined))
    return {
      end: {
        outcome: 'delivered',
        says: `${name} received the packet; UDP asks for no answer, and none came`,
      },
      reply: { protocol: 'UDP', from: serverName(host) },
      isConnected: true,
    }
  const lost = conversation.answer(answerText(name, answer) ?? name)
  if (lost !== undefined) return { end: lost, isConnected: false }
  const reply = { ...replyOf(host, answer).reply, protocol: 'UDP', from: serverName(host) } as const
  const end: End = { outcome: 'delivered', says: answerText(name, answer) ?? name }
  return { end, reply, isConnected: true }
}

const requestText = ({ to, method, body }: TraceRequest): string => {
  if (to.scheme === 'http' || to.scheme === 'https')
    return `the request ${method} ${to.path} goes through the connection${to.scheme === 'https' ? ', encrypted' : ''}`
  return body === '' ? 'the connection stands' : `${body.length} bytes go through the connection`
}

const answerText = (name: string, answer: Taken): string | undefined => {
  switch (answer.kind) {
    case 'http':
      return `${name} answered HTTP ${answer.status}`
    case 'message':
      return answer.text === undefined
        ? `${name} took the connection`
        : `${name} answered ${answer.text.length} bytes`
    case 'reset':
      return `${name} took the connection and closed it instead of answering: "Connection reset by peer"`
    case 'silent':
      return undefined
  }
}

const silentReply = (host: Host): TraceReply => ({ protocol: 'TCP', from: serverName(host) })

const replyOf = (host: Host, answer: Taken): { readonly reply?: TraceReply } => {
  const from = serverName(host)
  switch (answer.kind) {
    case 'http': {
      const { status, headers, body } = answer
      return { reply: { protocol: 'HTTP', status, headers, body, from } }
    }
    case 'message':
      return {
        reply: {
          protocol: 'TCP',
          from,
          ...(answer.text === undefined ? {} : { body: answer.text }),
        },
      }
    case 'reset':
    case 'silent':
      return {}
  }
}
