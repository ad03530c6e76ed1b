// Many requests alike: what came of them, and how they spread.
import type { Ip } from '#net/ip.ts'
import { type Addresses, resolveName } from './dns.ts'
import { NO_HOPS } from './hops.ts'
import type { ManyRequests } from './read-request.ts'
import { RequestRun, resultOf, type Result, type ResultServer } from './request-run.ts'
import { senderOf } from './sender.ts'
import type { TraceOutcome } from './trace.ts'
import { answeredTo, triesOf } from './trace-request.ts'
import type { World } from './world.ts'

export interface RequestsResult {
  readonly count: number
  /** How many ended how; what did not happen is absent. */
  readonly outcomes: Readonly<Partial<Record<TraceOutcome, number>>>
  /** Who got them, sorted by name. */
  readonly endpoints: readonly RequestsEndpoint[]
  /** Why requests failed, the most frequent first. */
  readonly failures: readonly RequestsFailure[]
  /** Addresses of the name that were tried in vain, after which the client took another one; absent if there were none. */
  readonly retried?: readonly RequestsFailure[]
}

export interface RequestsFailure {
  readonly outcome: TraceOutcome
  readonly says: string
  readonly count: number
}

export interface RequestsEndpoint extends ResultServer {
  readonly count: number
  /** Of all requests, from 0 to 1. */
  readonly share: number
}

type Counts = Map<Result, number>

export const sendRequests = (world: World, { request, count }: ManyRequests): RequestsResult => {
  const failed = (result: Omit<Result, 'isConnected'>): RequestsResult =>
    summary(count, new Map([[{ ...result, isConnected: false }, count]]))
  const sender = senderOf(world, request.from)
  if ('outcome' in sender) return failed(sender)
  const options = { world, hops: NO_HOPS, detail: 'none' } as const
  if (request.connection === 'reuse')
    return summary(
      count,
      overOne(() => resultOf(answeredTo(options, sender, request)), count),
    )
  const resolved = resolveName(options, sender, request.to.host)
  if ('outcome' in resolved) return failed(resolved)
  const run = new RequestRun(world, request, sender)
  const order = new AddressOrder(world, resolved)
  const tries = triesOf(request, resolved.ips.length)
  const results: Counts = new Map()
  const retried: Counts = new Map()
  for (let sent = 0; sent < count; sent++) {
    let result = run.send(order.at(0))
    for (let tried = 1; tried < tries && !result.isConnected; tried++) {
      add(retried, result)
      result = run.send(order.at(tried))
    }
    add(results, result)
    const vain = sent === 0 && !result.isConnected ? allInVain(run, resolved.ips, tries) : []
    if (vain.length > 0) {
      addAll({ results, retried }, vain, { order, times: count - 1 })
      break
    }
  }
  return summary(count, results, retried)
}

/** What comes of each address, if all of them are tried and none ever answers. */
const allInVain = (run: RequestRun, ips: readonly Ip[], tries: number): readonly Result[] => {
  const certain = ips.flatMap((ip) => run.certain(ip) ?? [])
  return tries === ips.length && certain.length === ips.length ? certain : []
}

/** Each request tries all addresses: only which one comes last is left to chance. */
const addAll = (
  { results, retried }: { readonly results: Counts; readonly retried: Counts },
  vain: readonly Result[],
  { order, times }: { readonly order: AddressOrder; readonly times: number },
): void => {
  const last = vain.map(() => 0)
  for (let sent = 0; sent < times; sent++) last[order.last()]!++
  for (const [index, result] of vain.entries()) {
    add(results, result, last[index])
    add(retried, result, times - last[index]!)
  }
}

/** A connection that is of no use is found out with the first request, and another one opened with the second. */
const SETTLED = 3

/** One after the other over one connection: as soon as it stands, all that follow are alike. */
const overOne = (send: () => Result, count: number): Counts => {
  const results = new Map<string, { readonly result: Result; readonly times: number }>()
  for (let sent = 1; sent <= Math.min(count, SETTLED); sent++) {
    const result = send()
    const key = JSON.stringify(result)
    const times = sent === SETTLED ? count - SETTLED + 1 : 1
    results.set(key, { result, times: times + (results.get(key)?.times ?? 0) })
  }
  return new Map([...results.values()].map(({ result, times }) => [result, times]))
}

const add = (counts: Counts, result: Result, times = 1): void => {
  if (times > 0) counts.set(result, (counts.get(result) ?? 0) + times)
}

/**
 * The addresses of a name as each request finds them. A name server that shuffles gives each of them another order; of that only as much
 * is drawn as is looked at.
 */
class AddressOrder {
  readonly #world: World
  readonly #ips: Ip[]
  readonly #isShuffled: boolean

  constructor(world: World, { ips, isShuffled }: Addresses) {
    this.#world = world
    this.#ips = [...ips]
    this.#isShuffled = isShuffled
  }

  /** Which address comes last, by its place in the answer that is known. */
  last(): number {
    const { length } = this.#ips
    return this.#isShuffled
      ? Math.floor((this.#world.random() / 0x1_0000_0000) * length)
      : length - 1
  }

  /** Places are asked for from 0 on, for each request anew. */
  at(place: number): Ip {
    const ips = this.#ips
    const left = ips.length - place
    if (this.#isShuffled && left > 1) {
      const other = place + Math.floor((this.#world.random() / 0x1_0000_0000) * left)
      const ip = ips[other]!
      ips[other] = ips[place]!
      ips[place] = ip
    }
    return ips[place]!
  }
}

const summary = (count: number, results: Counts, retried: Counts = new Map()): RequestsResult => {
  const outcomes: Partial<Record<TraceOutcome, number>> = {}
  const endpoints = new Map<string, RequestsEndpoint>()
  const failures: Counts = new Map()
  for (const [result, times] of results) {
    const { outcome, server } = result
    outcomes[outcome] = (outcomes[outcome] ?? 0) + times
    if (server === undefined) failures.set(result, times)
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
    failures: byCount(failures),
    ...(retried.size === 0 ? {} : { retried: byCount(retried) }),
  }
}

const byCount = (counts: Counts): readonly RequestsFailure[] =>
  [...counts]
    .map(([{ outcome, says }, count]) => ({ outcome, says, count }))
    .sort((a, b) => b.count - a.count || (a.says < b.says ? -1 : 1))

const keyOf = ({ name, address, status }: RequestsEndpoint): string =>
  `${name} ${address} ${status}`
