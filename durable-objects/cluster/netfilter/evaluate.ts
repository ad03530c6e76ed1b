// One packet at one hook of one node: which rules it meets, what they do to it and whether it may go on.
import type { Evaluation, EvaluationContext, Nat, PacketOutcome } from './evaluation.ts'
import type { ConnectionState, Hook, Packet } from './packet.ts'
import { indexOf } from './references.ts'
import type { Side } from './rule.ts'
import type { BaseChain, Ruleset, Table } from './ruleset.ts'
import type { Place, Walk } from './walk.ts'
import { runBase, type RunEnd } from './run-chain.ts'

/** At these hooks addresses change, between the chains of lower and of higher priority. Linux: NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_SRC */
const NAT_AT: Readonly<Record<Hook, { side: Side; priority: number } | undefined>> = {
  prerouting: { side: 'destination', priority: -100 },
  output: { side: 'destination', priority: -100 },
  input: { side: 'source', priority: 100 },
  postrouting: { side: 'source', priority: 100 },
  forward: undefined,
}

/**
 * The base chains of the hook in the order of their priorities. To accept ends one base chain, to drop ends all. Chains of the type
 * nat are asked only for the first packet of a connection.
 */
export const evaluate = (
  ruleset: Ruleset,
  hook: Hook,
  packet: Packet,
  context: EvaluationContext,
): Evaluation => {
  const places = placesOf(ruleset, hook, packet)
  const nat = NAT_AT[hook]
  const { isSnat = false, isDnat = false, tried = 0 } = context
  const walk: Walk = { hook, packet, context: { ...context, isSnat, isDnat }, steps: [], tried }
  const isBefore = ({ base }: Place): boolean =>
    base.type !== 'nat' && (nat === undefined || base.priority < nat.priority)
  const isAfter = ({ base }: Place): boolean =>
    base.type !== 'nat' && nat !== undefined && base.priority >= nat.priority
  const end =
    runAll(walk, places.filter(isBefore)) ??
    (nat && runNat(walk, nat.side, places.filter(isNatPlace))) ??
    runAll(walk, places.filter(isAfter)) ??
    ACCEPT
  const { steps, choice } = walk
  return {
    packet: walk.packet,
    outcome: end,
    steps,
    tried: walk.tried,
    ...(choice === undefined ? {} : { nat: choice }),
  }
}

type Stop = Exclude<PacketOutcome, { kind: 'accept' }>

const ACCEPT: PacketOutcome = { kind: 'accept' }
const DROP: Stop = { kind: 'drop' }

const isNatPlace = ({ base }: Place): boolean => base.type === 'nat'

type Family = 'ip' | 'ip6'

/** Each packet meets five hooks, and rulesets last. */
const known = new WeakMap<Ruleset, Partial<Record<`${Family} ${Hook}`, readonly Place[]>>>()

/** The base chains that a packet meets at a hook. */
const placesOf = (ruleset: Ruleset, hook: Hook, packet: Packet): readonly Place[] => {
  const family = packet.source.ip.version === 4 ? 'ip' : 'ip6'
  let places = known.get(ruleset)
  if (places === undefined) known.set(ruleset, (places = {}))
  return (places[`${family} ${hook}`] ??= findPlaces(ruleset, hook, family))
}

/** Tables have few base chains: nothing here depends on how many chains there are. */
const findPlaces = (ruleset: Ruleset, hook: Hook, family: Family): readonly Place[] => {
  const places: Place[] = []
  for (const [key, table] of ruleset.entries()) {
    if (table.family !== family && table.family !== 'inet') continue
    for (const { name, base } of indexOf(table).bases)
      if (base.hook === hook) places.push(placeOf(key, table, name, base))
  }
  return places.sort(byPriority)
}

const placeOf = (key: string, table: Table, name: string, base: BaseChain): Place => {
  const chain = table.chains.get(name)
  if (chain === undefined) throw new Error(`${key} has no chain ${name}`)
  return { key, table, chain, base }
}

const byPriority = (a: Place, b: Place): number =>
  a.base.priority - b.base.priority || compare(a.key, b.key) || compare(a.chain.name, b.chain.name)

const compare = (a: string, b: string): number => {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** undefined: the packet goes on. */
const runAll = (walk: Walk, places: readonly Place[]): Stop | undefined => {
  for (const place of places) {
    const end = runBase(walk, place)
    if (isStop(end)) return end
  }
  return undefined
}

const isStop = (end: RunEnd): end is Stop => end.kind === 'drop' || end.kind === 'reject'

const runNat = (walk: Walk, side: Side, places: readonly Place[]): Stop | undefined => {
  const { context } = walk
  if (context.state === 'invalid' || context.state === 'untracked') return undefined
  const nat = context.nat ?? simpleNat(context.state)
  if (!nat.isDecided(side)) {
    // the first chain that says what becomes of the addresses is the last one asked
    for (const place of places) {
      const end = runBase(walk, place)
      if (isStop(end)) return end
      if (end.kind === 'accept') continue
      walk.choice = end
      break
    }
  }
  const before = walk.packet
  const packet = nat.change(side, before, walk.choice)
  if (packet === undefined) return DROP
  walk.packet = packet
  if (walk.choice !== undefined && packet !== before)
    walk.context = {
      ...context,
      ...(side === 'source' ? { isSnat: true } : { isDnat: true }),
    }
  return undefined
}

const simpleNat = (state: ConnectionState): Nat => ({
  isDecided: () => state !== 'new',
  change: (side, packet, choice) =>
    side === 'destination' && choice?.kind === 'dnat'
      ? { ...packet, destination: { port: packet.destination.port, ...choice.to } }
      : packet,
})
