// One node's connection tracking. Time is handed in and nothing ticks: a connection that nobody asks for any more is as good as
// forgotten, and makes room when room is needed.
import { formatIp, parseIp } from '#net/ip.ts'
import {
  type Connection,
  type Progress,
  type Tuple,
  tupleKey,
  tupleOf,
  turned,
} from './connection.ts'
import type { ConnectionState, Endpoint, Packet, Protocol } from './packet.ts'
import { advance, type Advance, LINUX_TIMEOUTS, type Timeouts } from './progress.ts'
import { RuleMemory, type RuleMemoryState } from './rule-memory.ts'

/** Connections that one node follows. A real node follows more; the session has a hundred of them in one memory. */
const LIMIT = 16_384
/** Connections that are stored; those that were heard of last. */
const STORED = 1_000
/** How many of the oldest are looked at for one that may go. Linux: NF_CT_EVICTION_RANGE */
const EVICTION_RANGE = 8
/** How often a full table is searched for connections whose time is over, in milliseconds. */
const SWEEP_INTERVAL = 1_000

/** What tracking says of a packet. */
export interface Tracked {
  readonly state: Extract<ConnectionState, 'new' | 'established' | 'invalid'>
  /** Absent if the packet is of no connection. A new one is not in the table before it is confirmed. */
  readonly connection?: Connection
  readonly isReply: boolean
  readonly isConfirmed: boolean
}

/** protocol, 4 x (address, port): original and reply; flags: 1 replied, 2 assured, 4 SNAT, 8 DNAT; progress; since; expires */
type StoredConnection = readonly [
  protocol: Protocol,
  endpoints: readonly [string, number, string, number, string, number, string, number],
  flags: number,
  progress: Progress,
  since: number,
  expires: number,
]

export interface ConnectionsState {
  /** The one heard of last comes last. */
  readonly connections: readonly StoredConnection[]
  readonly memory: RuleMemoryState
}

export interface ConnectionsOptions {
  readonly limit?: number
  readonly timeouts?: Timeouts
}

export class Connections {
  readonly #limit: number
  readonly #timeouts: Timeouts
  /** By both directions. */
  readonly #byTuple = new Map<string, Connection>()
  /** By the original direction, the one heard of last behind all others. */
  readonly #byAge = new Map<string, Connection>()
  #sweptAt = -SWEEP_INTERVAL
  #memory = new RuleMemory()

  constructor({ limit = LIMIT, timeouts = LINUX_TIMEOUTS }: ConnectionsOptions = {}) {
    this.#limit = limit
    this.#timeouts = timeouts
  }

  /** What rules on this node remember. */
  get memory(): RuleMemory {
    return this.#memory
  }

  /** How many there are, counting some whose time is over. */
  get size(): number {
    return this.#byAge.size
  }

  /** The connection that a packet with these addresses belongs to. */
  find(tuple: Tuple, now: number): { connection: Connection; isReply: boolean } | undefined {
    const key = tupleKey(tuple)
    const connection = this.#byTuple.get(key)
    if (connection === undefined) return undefined
    if (connection.expires <= now) {
      this.#remove(connection)
      return undefined
    }
    return { connection, isReply: key !== tupleKey(connection.original) }
  }

  isTaken(tuple: Tuple, now: number): boolean {
    return this.find(tuple, now) !== undefined
  }

  /** Finds the packet's connection and notes that it was heard of, or says what a new one would be. */
  track(packet: Packet, now: number): Tracked {
    const found = this.find(tupleOf(packet), now)
    const isReply = found?.isReply ?? false
    const arrival = { packet, isReply, now }
    const step = advance(found?.connection, arrival, this.#timeouts)
    if (found === undefined) return opened(packet, step, now)
    const { connection } = found
    switch (step.kind) {
      case 'invalid':
        return { state: 'invalid', isReply, isConfirmed: true }
      case 'reopen':
        this.#remove(connection)
        return opened(
          packet,
          advance(undefined, { ...arrival, isReply: false }, this.#timeouts),
          now,
        )
      case 'end':
        this.#remove(connection)
        return { state: isReply ? 'established' : 'new', connection, isReply, isConfirmed: true }
      case 'goOn': {
        const isReplied = connection.isReplied || isReply
        const next = { ...connection, ...lifeOf(step, now), isReplied }
        this.#remove(connection)
        this.#add(next)
        const state = isReplied ? 'established' : 'new'
        return { state, connection: next, isReply, isConfirmed: true }
      }
    }
  }

  /** The first packet has passed all rules: from now on the connection is known. False if its addresses were taken meanwhile. */
  confirm(connection: Connection, now: number): boolean {
    if (this.isTaken(connection.original, now) || this.isTaken(connection.reply, now)) return false
    if (this.#byAge.size >= this.#limit) this.#makeRoom(now)
    this.#add(connection)
    return true
  }

  /** All whose time is not over, the one heard of last behind all others. */
  list(now: number): readonly Connection[] {
    return [...this.#byAge.values()].filter(({ expires }) => expires > now)
  }

  /** The same again: what is done to one is not seen in the other. */
  copy(now: number): Connections {
    const copy = new Connections({ limit: this.#limit, timeouts: this.#timeouts })
    for (const connection of this.#byAge.values()) copy.#add(connection)
    copy.#memory = RuleMemory.fromState(this.#memory.toState(now))
    return copy
  }

  /** Forgets all but the `count` that were heard of last; those that stand go after all others. */
  keepLast(count: number): void {
    this.#removeOldest(count, ({ progress }) => progress !== 'ESTABLISHED')
    this.#removeOldest(count, () => true)
  }

  #removeOldest(count: number, isMeant: (connection: Connection) => boolean): void {
    let surplus = this.#byAge.size - count
    if (surplus <= 0) return
    for (const connection of this.#byAge.values()) {
      if (!isMeant(connection)) continue
      this.#remove(connection)
      if (--surplus === 0) return
    }
  }

  /** Forgets connections, as `conntrack -D` does. Returns how many. */
  deleteWhere(isMeant: (connection: Connection) => boolean): number {
    const meant = [...this.#byAge.values()].filter((connection) => isMeant(connection))
    for (const connection of meant) this.#remove(connection)
    return meant.length
  }

  /**
   * What the machine's disk keeps: at most a thousand connections, those heard of last. The others are forgotten when the session
   * comes back: their next packet is taken for a new connection's, as after `conntrack -F`.
   */
  toState(now: number): ConnectionsState {
    const connections = this.list(now).slice(-STORED)
    return {
      connections: connections.map((connection) => stored(connection)),
      memory: this.#memory.toState(now),
    }
  }

  static fromState(state: ConnectionsState, options: ConnectionsOptions = {}): Connections {
    const connections = new Connections(options)
    for (const connection of state.connections) connections.#add(restored(connection))
    connections.#memory = RuleMemory.fromState(state.memory)
    return connections
  }

  #add(connection: Connection): void {
    const key = tupleKey(connection.original)
    this.#byTuple.set(key, connection)
    this.#byTuple.set(tupleKey(connection.reply), connection)
    this.#byAge.set(key, connection)
  }

  #remove(connection: Connection): void {
    const key = tupleKey(connection.original)
    this.#byTuple.delete(key)
    this.#byTuple.delete(tupleKey(connection.reply))
    this.#byAge.delete(key)
  }

  /** differs: Linux drops the new packet if all that it looks at are assured; here the oldest has to go. */
  #makeRoom(now: number): void {
    if (now >= this.#sweptAt + SWEEP_INTERVAL) {
      this.#sweptAt = now
      this.deleteWhere(({ expires }) => expires <= now)
      if (this.#byAge.size < this.#limit) return
    }
    let oldest: Connection | undefined
    let seen = 0
    for (const connection of this.#byAge.values()) {
      oldest ??= connection
      if (!connection.isAssured || connection.expires <= now) {
        oldest = connection
        break
      }
      if (++seen === EVICTION_RANGE) break
    }
    if (oldest !== undefined) this.#remove(oldest)
  }
}

const opened = (packet: Packet, step: Advance, now: number): Tracked => {
  if (step.kind !== 'goOn') return { state: 'invalid', isReply: false, isConfirmed: false }
  const original = tupleOf(packet)
  const connection: Connection = {
    original,
    reply: turned(original),
    isReplied: false,
    isSnat: false,
    isDnat: false,
    since: now,
    ...lifeOf(step, now),
  }
  return { state: 'new', connection, isReply: false, isConfirmed: false }
}

const lifeOf = (
  { progress, isAssured, seconds }: Extract<Advance, { kind: 'goOn' }>,
  now: number,
): Pick<Connection, 'progress' | 'isAssured' | 'expires'> => ({
  progress,
  isAssured,
  expires: now + seconds * 1000,
})

const stored = (connection: Connection): StoredConnection => {
  const { original, reply, isReplied, isAssured, isSnat, isDnat } = connection
  const ends = [original.source, original.destination, reply.source, reply.destination] as const
  const [a, b, c, d] = ends
  return [
    original.protocol,
    [ipText(a), a.port, ipText(b), b.port, ipText(c), c.port, ipText(d), d.port],
    Number(isReplied) + Number(isAssured) * 2 + Number(isSnat) * 4 + Number(isDnat) * 8,
    connection.progress,
    connection.since,
    connection.expires,
  ]
}

const ipText = ({ ip }: Endpoint): string => formatIp(ip)

const endpointOf = (text: string, port: number): Endpoint => {
  const ip = parseIp(text)
  if (ip === undefined) throw new Error(`"${text}" is no address`)
  return { ip, port }
}

const restored = ([
  protocol,
  ends,
  flags,
  progress,
  since,
  expires,
]: StoredConnection): Connection => ({
  original: {
    protocol,
    source: endpointOf(ends[0], ends[1]),
    destination: endpointOf(ends[2], ends[3]),
  },
  reply: {
    protocol,
    source: endpointOf(ends[4], ends[5]),
    destination: endpointOf(ends[6], ends[7]),
  },
  isReplied: (flags & 1) !== 0,
  isAssured: (flags & 2) !== 0,
  isSnat: (flags & 4) !== 0,
  isDnat: (flags & 8) !== 0,
  progress,
  since,
  expires,
})
