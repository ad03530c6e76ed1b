// Finds the rules of a long chain that can have something to do with a packet. A kernel with iptables tries one rule after the other,
// and so it is told; thousands of rules that each want another address need not be tried for that.
import type { Packet } from './packet.ts'
import type { Part, Rule } from './rule.ts'

/** Shorter chains are gone through as fast. */
const LONG = 32
/** What rules ask for and their place in the chain are one number, so that they sort fast and take little room. */
const PLACES = 2 ** 20
const FIRST_PORT = 2 ** 32
/** Of rules that may concern any packet. */
const ANY = FIRST_PORT + 2 ** 16

/** Sorted; undefined: most rules concern any packet, so that there is nothing to gain. */
type RuleIndex = Float64Array | undefined

const known = new WeakMap<readonly Rule[], { readonly index: RuleIndex }>()

/** The place, at `from` or later, of the next rule that can do something to the packet; the number of rules if there is none. */
export const nextRule = (rules: readonly Rule[], from: number, packet: Packet): number => {
  const index = rules.length < LONG ? undefined : indexOf(rules)
  if (index === undefined) return from
  const { ip, port } = packet.destination
  const end = Math.min(
    nextOf(index, ANY, from, rules.length),
    nextOf(index, FIRST_PORT + port, from, rules.length),
  )
  return ip.version === 4 ? Math.min(end, nextOf(index, ip.value, from, rules.length)) : end
}

const indexOf = (rules: readonly Rule[]): RuleIndex => {
  let entry = known.get(rules)
  if (entry === undefined) known.set(rules, (entry = { index: newIndex(rules) }))
  return entry.index
}

const newIndex = (rules: readonly Rule[]): RuleIndex => {
  if (rules.length > PLACES) return undefined
  const index = new Float64Array(rules.length)
  let others = 0
  for (const [at, rule] of rules.entries()) {
    const key = keyOf(rule)
    if (key === ANY) others++
    index[at] = key * PLACES + at
  }
  return others * 2 > rules.length ? undefined : index.sort()
}

/** Where a rule stands with this key, at `from` or later. */
const nextOf = (index: Float64Array, key: number, from: number, none: number): number => {
  const least = key * PLACES + from
  let low = 0
  let high = index.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (index[middle]! < least) low = middle + 1
    else high = middle
  }
  const at = (index[low] ?? Infinity) - key * PLACES
  return at < PLACES ? at : none
}

/** The one destination that a rule is about, if nothing that comes before leaves anything behind. */
const keyOf = ({ parts }: Rule): number => {
  for (const part of parts) {
    if (part.kind === 'port' && part.port !== undefined) return FIRST_PORT + part.port
    if (part.kind === 'address' && part.side === 'destination' && part.isNegated !== true) {
      const { network, prefix } = part.cidr
      if (network.version === 4 && prefix === 32) return network.value
    }
    if (!isHarmless(part)) return ANY
  }
  return ANY
}

/** Parts that only look, and need neither chance nor memory. */
const HARMLESS: ReadonlySet<Part['kind']> = new Set([
  'address',
  'addresses',
  'bridged',
  'comment',
  'interface',
  'isLocal',
  'mark',
  'port',
  'protocol',
  'state',
  'virtualServer',
])

const isHarmless = ({ kind }: Part): boolean => HARMLESS.has(kind)
