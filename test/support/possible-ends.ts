// Where a new packet may end by a node's rules: all ways are walked, nothing is left to chance.
import { formatIp, type Ip } from '#net/ip.ts'
import { elementOf, keyOf } from '#netfilter/lookup.ts'
import { matches } from '#netfilter/match.ts'
import type { Hook, Packet } from '#netfilter/packet.ts'
import type { Part, Rule, Verdict } from '#netfilter/rule.ts'
import { RuleMemory } from '#netfilter/rule-memory.ts'
import type { Chain, Ruleset, Table } from '#netfilter/ruleset.ts'

/** How a rule or a chain leaves the packet: `next` goes on with what follows. */
type Ends = Set<string>

const NEXT = 'next'
const RETURN = 'return'
const ACCEPT = 'accept'

const union = (to: Ends, from: Iterable<string>): void => {
  for (const end of from) to.add(end)
}

const addressText = ({ ip, port }: { readonly ip: Ip; readonly port?: number }): string =>
  `${formatIp(ip)}:${port ?? ''}`

class Walk {
  readonly #packet: Packet
  readonly #isLocal: (ip: Ip) => boolean
  readonly #table: Table

  constructor(table: Table, packet: Packet, isLocal: (ip: Ip) => boolean) {
    this.#table = table
    this.#packet = packet
    this.#isLocal = isLocal
  }

  /** Never `return`: that is the end of the chain. */
  chain({ rules }: Chain): Ends {
    const ends: Ends = new Set()
    for (const rule of rules) {
      const found = this.#rule(rule)
      const goesOn = found.delete(NEXT)
      union(ends, found)
      if (!goesOn) return withoutReturn(ends)
    }
    ends.add(NEXT)
    return withoutReturn(ends)
  }

  #rule({ parts }: Rule): Ends {
    const ends: Ends = new Set()
    for (const part of parts) {
      const outcome = this.#part(part)
      if (outcome === 'no') return ends.add(NEXT)
      if (outcome === 'maybe') ends.add(NEXT)
      else if (outcome !== 'yes') {
        union(ends, outcome)
        return ends
      }
    }
    return ends.add(NEXT)
  }

  #part(part: Part): 'yes' | 'no' | 'maybe' | Ends {
    switch (part.kind) {
      case 'probability':
      case 'recent':
        return 'maybe'
      case 'lookup':
        return this.#lookup(part)
      case 'verdict':
        return this.#verdict(part.verdict)
      case 'vmap': {
        const verdict = this.#element(part.map, part.fields)?.verdict
        return verdict === undefined ? 'no' : this.#verdict(verdict)
      }
      case 'spreadVerdicts':
        return new Set(part.verdicts.flatMap((verdict) => [...this.#verdict(verdict)]))
      case 'dnat':
        return new Set([addressText(part.to)])
      case 'spreadDnat':
        return new Set(part.to.map(addressText))
      case 'comment':
      case 'account':
      case 'setMark':
      case 'remember':
      case 'update':
        return 'yes'
      default: {
        const context = { isLocal: this.#isLocal, state: 'new', isSnat: false, isDnat: false }
        const holds = matches(part, this.#packet, context as Parameters<typeof matches>[2])
        if (holds === undefined) throw new Error(`what does ${part.kind} do?`)
        return holds ? 'yes' : 'no'
      }
    }
  }

  #lookup(part: Extract<Part, { kind: 'lookup' }>): 'yes' | 'no' | 'maybe' {
    // rules fill it: the packet's source may be there
    if (this.#table.sets.get(part.set)!.timeoutSeconds !== undefined) return 'maybe'
    const isThere = this.#element(part.set, part.fields) !== undefined
    return isThere !== (part.isNegated ?? false) ? 'yes' : 'no'
  }

  #element(name: string, fields: Extract<Part, { kind: 'lookup' }>['fields']) {
    const key = keyOf(fields, this.#packet)
    const set = this.#table.sets.get(name)!
    return key === undefined ? undefined : elementOf({ set, id: name }, key, new RuleMemory(), 0)
  }

  #verdict(verdict: Verdict): Ends {
    switch (verdict.kind) {
      case 'jump':
        return this.chain(this.#chainNamed(verdict.chain))
      case 'goto': {
        const ends = this.chain(this.#chainNamed(verdict.chain))
        if (ends.delete(NEXT)) ends.add(RETURN)
        return ends
      }
      case 'return':
        return new Set([RETURN])
      case 'accept':
        return new Set([ACCEPT])
      default:
        return new Set(['blocked'])
    }
  }

  #chainNamed(name: string): Chain {
    const chain = this.#table.chains.get(name)
    if (chain === undefined) throw new Error(`there is no chain ${name}`)
    return chain
  }
}

const withoutReturn = (ends: Ends): Ends => {
  if (ends.delete(RETURN)) ends.add(NEXT)
  return ends
}

const basesAt = (ruleset: Ruleset, hook: Hook) =>
  [...ruleset.entries()]
    .flatMap(([, table]) =>
      [...table.chains.entries()].flatMap(([, chain]) =>
        chain.base?.hook === hook ? [{ table, chain, priority: chain.base.priority }] : [],
      ),
    )
    .sort((a, b) => a.priority - b.priority)

/**
 * Of a packet that comes to a node: the addresses of endpoints that it may go on to, `blocked` if it may be refused or dropped,
 * `through` if the rules may leave it as it is.
 */
export const possibleEnds = (
  ruleset: Ruleset,
  packet: Packet,
  isLocal: (ip: Ip) => boolean,
): readonly string[] => {
  const ends: Ends = new Set()
  for (const hook of ['prerouting', isLocal(packet.destination.ip) ? 'input' : 'forward'] as const)
    for (const { table, chain } of basesAt(ruleset, hook)) {
      const found = new Walk(table, packet, isLocal).chain(chain)
      const goesOn = [found.delete(NEXT), found.delete(ACCEPT)].includes(true)
      union(ends, found)
      if (!goesOn) return [...ends].sort()
    }
  return [...ends.add('through')].sort()
}
