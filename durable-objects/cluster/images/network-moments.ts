// A process asks the network while it runs, but is worked out anew whenever it is needed. So answers are kept by command and moment: what
// was asked is answered as it was then, and a question of the future stops the process there until its moment comes.
import { type NetworkFact, recordingNetwork, replayingNetwork } from '#images/network-record.ts'
import type { Network } from '#images/network.ts'

/** What one command was told. A loop that asks again before `until` is told the same. */
export interface Answered {
  readonly command: string
  /** Milliseconds after the start. */
  readonly after: number
  readonly until: number
  readonly facts: readonly NetworkFact[]
}

/** What one run of a container was told by the network. */
export interface Answers {
  readonly resolvConf: Network['resolvConf']
  readonly hosts: string
  readonly answered: readonly Answered[]
  /** How often it asked. */
  readonly times: number
  /** Up to this moment after its start the process was looked at: as far as that and once more it is worked out ahead. */
  readonly seen?: number
}

const SHORTEST_HORIZON = 60_000

/** How far ahead a process is worked out. */
export const horizonOf = (answers: Answers | undefined): number =>
  Math.max(SHORTEST_HORIZON, 2 * (answers?.seen ?? 0))

/** The process is not known any further: the network has to be asked first. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
}

const notYet = (): never => {
  throw new NotYet('the network has not been asked yet')
}

const FUTURE: Network = {
  get resolvConf() {
    return notYet()
  },
  get hosts() {
    return notYet()
  },
  resolve: notYet,
  query: notYet,
  contact: notYet,
  ping: notYet,
}

const FOR_EVER = Number.MAX_SAFE_INTEGER
/** A loop looks again this often at each of its turns, then more and more rarely. */
const EAGER_TIMES = 20
const SHORTEST_PAUSE = 1000
const MOST_TIMES = 200
/** In characters, so that it can be kept with the container. */
const MOST_TEXT = 64 * 1024

export type NetworkAt = (after: number, argv: readonly string[]) => Network

const find = (answers: Answers | undefined, after: number, command: string): Answered | undefined =>
  answers?.answered.findLast(
    (item) =>
      item.command === command &&
      item.after <= after &&
      (after < item.until || after === item.after),
  )

/** The network as it answered. */
export const answeredNetwork =
  (answers: Answers | undefined): NetworkAt =>
  (after, argv) => {
    const known = find(answers, after, argv.join(' '))
    return known === undefined ? FUTURE : replayingNetwork(answers!, known.facts)
  }

/** The network as it answered, and as it answers at the moment `now` after the start. */
export class AskedNetwork {
  readonly #network: Network
  readonly #now: number
  #answers: Answers
  readonly #recording = new Map<string, readonly NetworkFact[]>()

  constructor(network: Network, answers: Answers | undefined, now: number) {
    const { resolvConf, hosts } = network
    this.#network = network
    this.#now = now
    this.#answers = answers ?? { resolvConf, hosts, answered: [], times: 0 }
  }

  at: NetworkAt = (after, argv) => {
    const command = argv.join(' ')
    if (after > this.#now || find(this.#answers, after, command) !== undefined)
      return answeredNetwork(this.#answers)(after, argv)
    return this.#lazy(command)
  }

  /** Only commands that do ask are remembered. */
  #lazy(command: string): Network {
    let recording: Network | undefined
    const touched = (): Network => {
      if (recording !== undefined) return recording
      const { network, facts } = recordingNetwork(this.#network)
      this.#recording.set(command, facts)
      return (recording = network)
    }
    return {
      get resolvConf() {
        return touched().resolvConf
      },
      get hosts() {
        return touched().hosts
      },
      resolve: (name, library) => touched().resolve(name, library),
      query: (question, options) => touched().query(question, options),
      contact: (contact) => touched().contact(contact),
      ping: (address) => touched().ping!(address),
    }
  }

  /** All that was answered, after the process was worked out. */
  answers(): Answers {
    for (const [command, facts] of this.#recording) this.#add(command, facts)
    this.#recording.clear()
    this.#answers = { ...this.#answers, seen: Math.max(this.#now, this.#answers.seen ?? 0) }
    return this.#answers
  }

  #add(command: string, facts: readonly NetworkFact[]): void {
    const { answered, times } = this.#answers
    const after = this.#now
    const isLast = times + 1 >= MOST_TIMES || JSON.stringify(answered).length > MOST_TEXT
    const pause = times < EAGER_TIMES ? 0 : Math.max(SHORTEST_PAUSE, Math.floor(after / 10))
    const until = isLast ? FOR_EVER : after + pause + 1
    const index = answered.findLastIndex((item) => item.command === command)
    const last = answered[index]
    const next =
      last !== undefined && isAlike(last.facts, facts)
        ? answered.with(index, { ...last, until })
        : [...answered, { command, after, until, facts }]
    this.#answers = { ...this.#answers, answered: next, times: times + 1 }
  }
}

/** Ports of clients are never the same. */
const isAlike = (a: readonly NetworkFact[], b: readonly NetworkFact[]): boolean =>
  JSON.stringify(a, withoutSource) === JSON.stringify(b, withoutSource)

const withoutSource = (key: string, value: unknown): unknown =>
  key === 'source' ? undefined : value
