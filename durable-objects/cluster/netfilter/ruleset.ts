// What the kernel holds: tables with their chains, sets and maps. All of it immutable: a change makes a new ruleset that shares what
// it did not touch, so that nodes with equal rules hold them once.
import { PersistentMap } from './persistent-map.ts'
import type { Hook } from './packet.ts'
import type { Field, Rule, Verdict } from './rule.ts'

/** Makes a chain a base chain: the kernel sends packets to it at a hook. Lower priorities come first. */
export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route'
  readonly hook: Hook
  readonly priority: number
  /** What happens to packets that no rule decides on. */
  readonly policy: 'accept' | 'drop'
}

export interface Chain {
  readonly name: string
  readonly base?: BaseChain
  readonly comment?: string
  readonly rules: readonly Rule[]
  /** Where nft lists it: lower first, chains without one last, by name. iptables-save has an order of its own. */
  readonly order?: number
}

/** nftables' names of what an element consists of. */
export type DataType = 'ipv4_addr' | 'ipv6_addr' | 'inet_proto' | 'inet_service'

export interface SetElement {
  readonly comment?: string
  /** Of a map: what it leads to. */
  readonly verdict?: Verdict
}

/** A set, or, if its elements have verdicts, a verdict map. */
export interface ElementSet {
  readonly name: string
  readonly types: readonly DataType[]
  readonly isMap?: boolean
  readonly comment?: string
  /** Holds networks, not only single addresses: `flags interval`. */
  readonly isInterval?: boolean
  /** Rules add elements, which leave after so many seconds. The elements themselves are not here: see connections.ts. */
  readonly timeoutSeconds?: number
  readonly size?: number
  /** Where nft lists it: lower first, sets without one last, by name. */
  readonly order?: number
  /** By the text of the key: `10.96.0.1 . tcp . 443`. */
  readonly elements: PersistentMap<SetElement>
}

/** What transaction.ts keeps beside a table, so that a change costs what it changes. */
export interface TableIndex {
  /** The base chains, by priority and name. */
  readonly bases: readonly BaseChainName[]
  /** How often rules and elements refer to a chain or a set, by its name. Names that nothing refers to are absent. */
  readonly chainUses: PersistentMap<number>
  readonly setUses: PersistentMap<number>
}

export interface BaseChainName {
  readonly name: string
  readonly base: BaseChain
}

export interface Table {
  /** `ip` is IPv4. iptables' tables are of the family `ip` as well. */
  readonly family: 'ip' | 'ip6' | 'inet'
  readonly name: string
  readonly comment?: string
  readonly chains: PersistentMap<Chain>
  readonly sets: PersistentMap<ElementSet>
  /** Absent in tables that did not come out of a transaction. */
  readonly index?: TableIndex
}

/** By `family name`: `ip nat`. */
export type Ruleset = PersistentMap<Table>

/** One change. An element is changed by itself, since a map may have thousands. */
export type Change =
  | { readonly kind: 'table'; readonly table: string; readonly comment?: string }
  | { readonly kind: 'deleteTable'; readonly table: string }
  /** Adds the chain or replaces all its rules. */
  | { readonly kind: 'chain'; readonly table: string; readonly chain: Chain }
  | { readonly kind: 'deleteChain'; readonly table: string; readonly name: string }
  /** Adds the set or replaces it. */
  | { readonly kind: 'set'; readonly table: string; readonly set: ElementSet }
  | { readonly kind: 'deleteSet'; readonly table: string; readonly name: string }
  | {
      readonly kind: 'element'
      readonly table: string
      readonly set: string
      readonly key: string
      readonly element: SetElement
    }
  | {
      readonly kind: 'deleteElement'
      readonly table: string
      readonly set: string
      readonly key: string
    }

export const EMPTY_RULESET: Ruleset = PersistentMap.empty<Table>()

/** What a packet's fields read in a set: the parts are joined by ` . `. */
export const elementKey = (parts: readonly (string | number)[]): string => parts.join(' . ')

/** The types of a lookup's fields. */
export const TYPES_OF_FIELDS: Readonly<Record<Field, DataType>> = {
  'ip saddr': 'ipv4_addr',
  'ip daddr': 'ipv4_addr',
  'meta l4proto': 'inet_proto',
  'th dport': 'inet_service',
}
