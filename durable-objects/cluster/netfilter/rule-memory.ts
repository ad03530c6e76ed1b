// What rules remember on one node from packet to packet: `recent` lists, elements that rules added to sets, counters. Nothing ticks:
// whether something is too old is judged when it is read.
import { formatIp, type Ip } from '#net/ip.ts'

/** Addresses that one `recent` list holds; the one not seen for longest makes room. Linux: xt_recent ip_list_tot */
const LIST_SIZE = 100
/** Elements that a set without a size holds. */
const SET_SIZE = 65_535
/** What is stored of all lists and of all sets; what was used last. */
const STORED = 4_000

/** As it is kept on the machine's disk. */
export interface RuleMemoryState {
  /** list, address, when it was last seen */
  readonly recent: readonly (readonly [list: string, ip: string, seen: number])[]
  /** set, key, when it leaves */
  readonly elements: readonly (readonly [set: string, key: string, expires: number])[]
  readonly counters: readonly (readonly [name: string, packets: number])[]
}

type Times = Map<string, number>

export class RuleMemory {
  // The entries of each list and set stand in the order in which they were last used.
  readonly #recent = new Map<string, Times>()
  readonly #elements = new Map<string, Times>()
  readonly #counters = new Map<string, number>()

  /** `recent --set` */
  remember(list: string, ip: Ip, now: number): void {
    const times = timesOf(this.#recent, list)
    touch(times, formatIp(ip), now)
    if (times.size > LIST_SIZE) dropFirst(times)
  }

  /** `recent --rcheck --seconds --reap`: the address was seen not longer ago. The oldest entry leaves if it is too old. */
  hasSeen(
    list: string,
    ip: Ip,
    within: { readonly seconds: number; readonly now: number },
  ): boolean {
    const times = this.#recent.get(list)
    const seen = times?.get(formatIp(ip))
    if (times === undefined || seen === undefined) return false
    const since = within.now - within.seconds * 1000
    const [oldest] = times
    if (oldest !== undefined && oldest[1] < since) times.delete(oldest[0])
    return seen >= since
  }

  /** `update @set { … }`: adds the element or keeps it for longer. False if the set is full. `set` is `ip kube-proxy NAME`. */
  updateElement(
    set: string,
    key: string,
    { now, seconds, size = SET_SIZE }: { now: number; seconds: number; size?: number | undefined },
  ): boolean {
    const times = timesOf(this.#elements, set)
    if (!times.has(key) && times.size >= size) {
      for (const [other, expires] of times) if (expires <= now) times.delete(other)
      if (times.size >= size) return false
    }
    touch(times, key, now + seconds * 1000)
    return true
  }

  hasElement(set: string, key: string, now: number): boolean {
    const times = this.#elements.get(set)
    const expires = times?.get(key)
    if (times === undefined || expires === undefined) return false
    if (expires > now) return true
    times.delete(key)
    return false
  }

  /** The elements that rules added to a set, with the milliseconds that they have left. */
  elementsOf(set: string, now: number): readonly (readonly [key: string, left: number])[] {
    return [...(this.#elements.get(set) ?? [])]
      .map(([key, expires]) => [key, expires - now] as const)
      .filter(([, left]) => left > 0)
  }

  count(name: string): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + 1)
  }

  /** A number that is one higher each time, from 0. */
  take(name: string): number {
    const turn = this.counter(name)
    this.count(name)
    return turn
  }

  /** Packets that nfacct has counted. */
  counter(name: string): number {
    return this.#counters.get(name) ?? 0
  }

  /** Forgets lists and sets that are no longer in the tables, as the kernel does when the last rule that names them leaves. */
  keepOnly(isThere: { list: (name: string) => boolean; set: (name: string) => boolean }): void {
    for (const list of this.#recent.keys()) if (!isThere.list(list)) this.#recent.delete(list)
    for (const set of this.#elements.keys()) if (!isThere.set(set)) this.#elements.delete(set)
  }

  /** At most a few thousand entries of each kind: those used last. What is left out is forgotten when the node comes back. */
  toState(now: number): RuleMemoryState {
    return {
      recent: latest(flattened(this.#recent)),
      elements: latest(flattened(this.#elements).filter(([, , expires]) => expires > now)),
      counters: [...this.#counters].slice(0, STORED),
    }
  }

  static fromState(state: RuleMemoryState): RuleMemory {
    const memory = new RuleMemory()
    for (const [list, ip, seen] of state.recent) timesOf(memory.#recent, list).set(ip, seen)
    for (const [set, key, expires] of state.elements)
      timesOf(memory.#elements, set).set(key, expires)
    for (const [name, packets] of state.counters) memory.#counters.set(name, packets)
    return memory
  }
}

const timesOf = (all: Map<string, Times>, name: string): Times => {
  const known = all.get(name)
  if (known !== undefined) return known
  const times: Times = new Map()
  all.set(name, times)
  return times
}

/** Puts the key behind all others. */
const touch = (times: Times, key: string, time: number): void => {
  times.delete(key)
  times.set(key, time)
}

const dropFirst = (times: Times): void => {
  for (const key of times.keys()) {
    times.delete(key)
    return
  }
}

const flattened = (all: ReadonlyMap<string, Times>): [string, string, number][] =>
  [...all].flatMap(([name, times]) =>
    [...times].map(([key, time]): [string, string, number] => [name, key, time]),
  )

const latest = (entries: [string, string, number][]): [string, string, number][] =>
  entries.length <= STORED ? entries : entries.toSorted(([, , a], [, , b]) => a - b).slice(-STORED)
