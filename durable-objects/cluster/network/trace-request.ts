// One request from its name to its answer: what `POST …/trace` answers.
import { formatIp, type Ip } from '#net/ip.ts'
import { answerOf, type Answered, protocolOf } from './answered.ts'
import { askServer, refusal } from './ask-server.ts'
import { Conversation, ephemeralPort } from './conversation.ts'
import { type DnsDetail, type DnsOptions, resolveName } from './dns.ts'
import { type Host, hostName, placeOf } from './host.ts'
import { HopList, type Hops } from './hops.ts'
import { keep, sendOverKept } from './kept-connection.ts'
import { proxyLag } from './proxy-lag.ts'
import { senderOf } from './sender.ts'
import type { Trace, TraceRequest } from './trace.ts'
import { Walk } from './walk.ts'
import type { World } from './world.ts'

export interface TraceOptions {
  /** Of which questions for names every hop is told; of the first one by default. */
  readonly dns?: DnsDetail
}

export const trace = (world: World, request: TraceRequest, options: TraceOptions = {}): Trace => {
  const sender = senderOf(world, request.from)
  if ('outcome' in sender) return { outcome: sender.outcome, says: sender.says, hops: [] }
  const hops = new HopList()
  const { dns: detail = 'first' } = options
  const { end, reply } = answeredTo({ world, hops, detail }, sender, request)
  return { ...end, ...(reply === undefined ? {} : { reply }), hops: hops.list }
}

/** What comes of a single request: over the connection that the client has kept, or a new one. */
export const answeredTo = (options: DnsOptions, sender: Host, request: TraceRequest): Answered => {
  const { world, hops } = options
  const over = sendOverKept(world, hops, { request, sender })
  if (over !== undefined) return over
  const resolved = resolveName(options, sender, request.to.host)
  if ('outcome' in resolved) return { end: resolved, isConnected: false }
  return converse(world, hops, { request, sender, ips: resolved.ips })
}

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

/** Tries the name's addresses one after the other, as curl and Go do. */
const converse = (world: World, hops: Hops, { request, sender, ips }: Asked): Answered => {
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

const attempt = (world: World, hops: Hops, { request, sender, ip }: Attempt): Answered => {
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
  const answered = answerOf(conversation, request, answer)
  if (answered.end.outcome === 'delivered') keep(world, request, conversation)
  return { ...answered, arrived: conversation.arrived }
}
