// Many requests alike: what came of them, and how they spread. Each is decided as a single one would be, by the real rules, their
// chances and what they remember; what is equal for all (the name, the way back, the program's answer) is found out once.
import type { Ip } from '#net/ip.ts'
import { chanceOf, type Chance } from '#netfilter/evaluation.ts'
import type { Passage } from '#netfilter/node-stack.ts'
import type { Deed } from '#netfilter/step.ts'
import { askServer, refusal, serverName } from './ask-server.ts'
import { Conversation, type End, ephemeralPort, nextPort } from './conversation.ts'
import { DecisionTree, type Outcome } from './decision-tree.ts'
import { resolveName } from './dns.ts'
import { endpointText, type Host, placeOf } from './host.ts'
import { NO_HOPS } from './hops.ts'
import type { ManyRequests } from './read-request.ts'
import { senderOf } from './sender.ts'
import type { TraceOutcome, TraceRequest } from './trace.ts'
import { answerOf, type Answered, protocolOf } from './trace-request.ts'
import { Walk } from './walk.ts'
import type { World } from './world.ts'

export interface RequestsResult {
  readonly count: number
  /** How many ended how; what did not happen is absent. */
  readonly outcomes: Readonly<Partial<Record<TraceOutcome, number>>>
  /** Who got them, sorted by name. */
  readonly endpoints: readonly RequestsEndpoint[]
  /** Why requests failed, the most frequent first. */
  readonly failures: readonly {
    readonly outcome: TraceOutcome
    readonly says: string
    readonly count: number
  }[]
}

export interface RequestsEndpoint {
  /** `default/web-1` */
  readonly name: string
  readonly node?: string
  readonly address: string
  readonly count: number
  /** Of all requests, from 0 to 1. */
  readonly share: number
  /** Of HTTP. */
  readonly status?: number
}

/** What came of a request; equal ones are one object. */
interface Result extends End {
  readonly server?: Omit<RequestsEndpoint, 'count' | 'share'>
}

export const sendRequests = (world: World, { request, count }: ManyRequests): RequestsResult => {
  const sender = senderOf(world, request.from)
  if ('outcome' in sender) return summary(new Map([[sender, count]]), count)
  const options = { world, hops: NO_HOPS, detail: 'none' } as const
  const resolved = resolveName(options, sender, request.to.host)
  if ('outcome' in resolved) return summary(new Map([[resolved, count]]), count)
  const run = new Run(world, request, { sender, ip: resolved.ip })
  const results = new Map<Result, number>()
  for (let index = 0; index < count; index++) {
    const result = run.next()
    results.set(result, (results.get(result) ?? 0) + 1)
  }
  return summary(results, count)
}

interface Ends {
  readonly sender: Host
  readonly ip: Ip
}

class Run {
  readonly #world: World
  readonly #request: TraceRequest
  readonly #ends: Ends
  readonly #tree: DecisionTree<Result>
  /** By all that the rest of the conversation depends on. */
  readonly #results = new Map<string, Result>()
  #port: number

  constructor(world: World, request: TraceRequest, ends: Ends) {
    this.#world = world
    this.#request = request
    this.#ends = ends
    this.#tree = new DecisionTree(chanceOf(() => world.random()))
    this.#port = ephemeralPort(world)
  }

  next(): Result {
    return this.#tree.draw((chance) => this.#send(chance))
  }

  #send(chance: Chance): Outcome<Result> {
    const passages: Passage[] = []
    const places: string[] = []
    let turns = 0
    const walk = new Walk({
      world: this.#world,
      hops: NO_HOPS,
      chance: {
        ...chance,
        turn: (count, take) => {
          turns++
          return chance.turn(count, take)
        },
      },
      onPassage: (node, passage) => {
        passages.push(passage)
        places.push(node.name)
      },
    })
    const { sender, ip } = this.#ends
    this.#port = nextPort(this.#port)
    const conversation = new Conversation({
      walk,
      hops: NO_HOPS,
      client: sender,
      protocol: protocolOf(this.#request),
      destination: { ip, port: this.#request.to.port },
      sourcePort: this.#request.sourcePort ?? this.#port,
    })
    const stopped = conversation.open()
    const isRepeatable = passages.every((passage) => isSettled(passage, turns > 0))
    if (stopped !== undefined) {
      const value = this.#known(JSON.stringify(stopped), () => stopped)
      return { value, isRepeatable }
    }
    const { host, packet } = conversation.arrived
    const server = endpointText(packet.destination)
    const key = `${places.join()} ${serverName(host)} ${server} ${endpointText({ ...packet.source, port: 0 })}`
    const value = this.#known(key, () => this.#finish(conversation))
    conversation.abort()
    return { value, isRepeatable }
  }

  #known(key: string, find: () => Result): Result {
    let result = this.#results.get(key)
    if (result === undefined) this.#results.set(key, (result = find()))
    return result
  }

  #finish(conversation: Conversation): Result {
    const { host, packet } = conversation.arrived
    const answer = askServer(this.#world, host, packet, this.#request)
    if (answer?.kind === 'refused')
      return { outcome: 'refused', says: refusal(host, packet, answer.listeningOn) }
    const { end, reply }: Answered = answerOf(conversation, this.#request, answer)
    if (end.outcome !== 'delivered') return end
    const { node } = placeOf(host)
    return {
      ...end,
      server: {
        name: serverName(host),
        ...(node === undefined ? {} : { node }),
        address: endpointText(packet.destination),
        ...(reply?.status === undefined ? {} : { status: reply.status }),
      },
    }
  }
}

/**
 * The same dice would lead to the same end again. Not so where something was remembered that was not known before (the first request of a
 * client with session affinity), and where no dice were thrown since the port was that of a connection that is not forgotten yet.
 */
const isSettled = ({ steps, virtualServer, isKnown }: Passage, hasTakenTurns: boolean): boolean => {
  if (isKnown) return false
  if (virtualServer?.persistentSeconds !== undefined && hasTakenTurns) return false
  const known = new Set<string>()
  for (const { did } of steps)
    for (const deed of did) {
      const name = memoryOf(deed)
      if (name === undefined) continue
      if (deed.kind === 'recall' || deed.kind === 'lookup') known.add(name)
      else if (!known.has(name)) return false
    }
  return true
}

const memoryOf = (deed: Deed): string | undefined => {
  switch (deed.kind) {
    case 'recall':
    case 'remember':
      return deed.list
    case 'lookup':
      return deed.isFound ? deed.set : undefined
    case 'update':
      return deed.set
    default:
      return undefined
  }
}

const summary = (results: ReadonlyMap<Result, number>, count: number): RequestsResult => {
  const outcomes: Partial<Record<TraceOutcome, number>> = {}
  const endpoints = new Map<string, RequestsEndpoint>()
  const failures: { outcome: TraceOutcome; says: string; count: number }[] = []
  for (const [{ outcome, says, server }, times] of results) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + times
    if (server === undefined) failures.push({ outcome, says, count: times })
    else {
      const key = `${server.name} ${server.address} ${server.status}`
      const all = (endpoints.get(key)?.count ?? 0) + times
      endpoints.set(key, { ...server, count: all, share: all / count })
    }
  }
  return {
    count,
    outcomes,
    endpoints: [...endpoints.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    failures: failures.sort((a, b) => b.count - a.count || (a.says < b.says ? -1 : 1)),
  }
}

const keyOf = ({ name, address, status }: RequestsEndpoint): string =>
  `${name} ${address} ${status}`
