// What an evaluation tells of the rules it met.
import type { Ip } from '#net/ip.ts'
import type { Hook } from './packet.ts'
import type { Rule, Verdict } from './rule.ts'

/** Something that a rule did to a packet. */
export type Deed =
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'return' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly with: string }
  /** A port that is absent stays. */
  | { readonly kind: 'dnat'; readonly to: { readonly ip: Ip; readonly port?: number } }
  | { readonly kind: 'masquerade'; readonly isRandom: boolean }
  | { readonly kind: 'mark'; readonly before: number; readonly after: number }
  /** Put the packet's source on a `recent` list. */
  | { readonly kind: 'remember'; readonly list: string }
  /** Found the packet's source on a `recent` list. */
  | { readonly kind: 'recall'; readonly list: string }
  /** Put an element into a set; `isFull`: there was no room. */
  | {
      readonly kind: 'update'
      readonly set: string
      readonly key: string
      readonly isFull: boolean
    }
  /** Looked for an element in a set or a map. */
  | {
      readonly kind: 'lookup'
      readonly set: string
      readonly key: string
      readonly isFound: boolean
      readonly isMap: boolean
      /** What the map has for the key. */
      readonly verdict?: Verdict
    }
  | { readonly kind: 'account'; readonly name: string }

/** A rule that did something. Rules that only did not match are counted, not told. */
export interface Step {
  readonly hook: Hook
  /** `ip nat` */
  readonly table: string
  readonly chain: string
  /** The rule's place in its chain, from 0; -1 for the chain's policy. */
  readonly index: number
  /** Absent: the chain's policy. */
  readonly rule?: Rule
  /** In their order: `mark` and `masquerade` of one rule. */
  readonly did: readonly Deed[]
  /** Of a rule that chance decided on: how probable it was that it was taken once it was reached. */
  readonly probability?: number
  /** How probable the packet's way through the chain was until here; told of the last of several too, which takes what is left. */
  readonly share?: number
  /** How many rules had been tried until here, this one included. */
  readonly tried: number
}
