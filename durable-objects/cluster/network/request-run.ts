// One of many requests alike: decided as a single one would be, by the real rules, their chances and what they remember. What is equal
// for all (the way back, the program's answer) is found out once.
import type { Ip } from '#net/ip.ts'
import { chanceOf, type Chance } from '#netfilter/evaluation.ts'
import type { Passage } from '#netfilter/node-stack.ts'
import type { Deed } from '#netfilter/step.ts'
import { answerOf, type Answered, protocolOf } from './answered.ts'
import { askServer, refusal, serverName } from './ask-server.ts'
import { Conversation, type End, ephemeralPort, nextPort } from './conversation.ts'
import { DecisionTree, type Outcome } from './decision-tree.ts'
import { endpointText, type Host, placeOf } from './host.ts'
import { NO_HOPS } from './hops.ts'
import type { TraceRequest } from './trace.ts'
import { Walk } from './walk.ts'
import type { World } from './world.ts'

/** What came of a request; equal ones are one object. */
export interface Result extends End {
  readonly server?: ResultServer
  readonly isConnected: boolean
}

export interface ResultServer {
  /** `default/web-1` */
  readonly name: string
  readonly node?: string
  readonly address: string
  /** Of HTTP. */
  readonly status?: number
}

export class RequestRun {
  readonly #world: World
  readonly #request: TraceRequest
  readonly #sender: Host
  readonly #chance: Chance
  /** By the address that is tried. */
  readonly #trees = new Map<Ip['value'], DecisionTree<Result>>()
  /** By all that the rest of the conversation depends on. */
  readonly #results = new Map<string, Result>()
  #port: number

  constructor(world: World, request: TraceRequest, sender: Host) {
    this.#world = world
    this.#request = request
    this.#sender = sender
    this.#chance = chanceOf(() => world.random())
    this.#port = ephemeralPort(world)
  }

  /** What always comes of an address that was tried; undefined if chance decides. */
  certain(ip: Ip): Result | undefined {
    return this.#trees.get(ip.value)?.certain
  }

  /** Another one, to an address. */
  send(ip: Ip): Result {
    let tree = this.#trees.get(ip.value)
    if (tree === undefined) this.#trees.set(ip.value, (tree = new DecisionTree(this.#chance)))
    return tree.draw((chance) => this.#attempt(ip, chance))
  }

  #attempt(ip: Ip, chance: Chance): Outcome<Result> {
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
    this.#port = nextPort(this.#port)
    const conversation = new Conversation({
      walk,
      hops: NO_HOPS,
      client: this.#sender,
      protocol: protocolOf(this.#request),
      destination: { ip, port: this.#request.to.port },
      sourcePort: this.#request.sourcePort ?? this.#port,
    })
    const stopped = conversation.open()
    const isRepeatable = passages.every((passage) => isSettled(passage, turns > 0))
    if (stopped !== undefined) {
      const value = this.#known(JSON.stringify(stopped), () => ({ ...stopped, isConnected: false }))
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
      return {
        outcome: 'refused',
        says: refusal(host, packet, answer.listeningOn),
        isConnected: false,
      }
    const { end, reply, isConnected }: Answered = answerOf(conversation, this.#request, answer)
    return resultOf({ end, isConnected, arrived: conversation.arrived, ...(reply && { reply }) })
  }
}

export const resultOf = ({ end, reply, isConnected, arrived }: Answered): Result => {
  if (end.outcome !== 'delivered' || arrived === undefined) return { ...end, isConnected }
  const { host, packet } = arrived
  const { node } = placeOf(host)
  return {
    ...end,
    isConnected,
    server: {
      name: serverName(host),
      ...(node === undefined ? {} : { node }),
      address: endpointText(packet.destination),
      ...(reply?.status === undefined ? {} : { status: reply.status }),
    },
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
