// Rules as data: one vocabulary for iptables and nftables. A rule's parts are looked at from left to right; the first match that
// does not hold ends the rule, statements take effect as they are met, a verdict ends the rule.
import type { Cidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import type { ConnectionState, Protocol } from './packet.ts'

/** What of a packet is looked up in a set or map: `ip daddr . meta l4proto . th dport`. */
export type Field = 'ip saddr' | 'ip daddr' | 'meta l4proto' | 'th dport'

export type Side = 'source' | 'destination'

/** What happens to a packet, or where it goes on. `jump` comes back at the end of the chain, `goto` does not. */
export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'reject'; readonly with?: string }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }

export type Match =
  | {
      readonly kind: 'address'
      readonly side: Side
      readonly cidr: Cidr
      readonly isNegated?: boolean
    }
  /** One of several networks. nftables: `ip saddr { 10.0.0.0/8, 192.168.0.0/16 }`, as intervals.ts writes them. */
  | {
      readonly kind: 'addresses'
      readonly side: Side
      readonly cidrs: readonly Cidr[]
      readonly isNegated?: boolean
    }
  /** It came in by this interface: `-i cni0`, `iifname "cni0"`. A prefix stands for all names that begin so: `veth+`, `"veth*"`. */
  | {
      readonly kind: 'interface'
      readonly name: string
      readonly isPrefix?: boolean
      readonly isNegated?: boolean
    }
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  /** `-m tcp --dport 80`; without a port `-m tcp` says nothing more than the protocol. nftables: `th dport 80`. */
  | { readonly kind: 'port'; readonly protocol: Protocol; readonly port?: number }
  | {
      readonly kind: 'mark'
      readonly value: number
      readonly mask: number
      readonly isNegated?: boolean
    }
  | {
      readonly kind: 'state'
      readonly states: readonly ConnectionState[]
      readonly isNegated?: boolean
    }
  /** The address belongs to this node itself: `-m addrtype --dst-type LOCAL`, `fib daddr type local`. */
  | { readonly kind: 'isLocal'; readonly side: Side; readonly isNegated?: boolean }
  /** It came in by a port of a bridge, and the bridge sent it on: `-m physdev --physdev-is-in`. No packet here ever does. */
  | { readonly kind: 'bridged'; readonly isNegated?: boolean }
  /** Its connection goes by way of this virtual server: `-m ipvs --vproto 6 --vaddr 10.96.0.1 --vport 443`. */
  | {
      readonly kind: 'virtualServer'
      readonly protocol: Protocol
      readonly ip: Ip
      readonly port: number
    }
  /** `-m statistic --mode random --probability`; as many digits as are printed. */
  | { readonly kind: 'probability'; readonly probability: string }
  /** `-m recent --rcheck --seconds N --reap --name LIST --mask 255.255.255.255 --rsource` */
  | { readonly kind: 'recent'; readonly list: string; readonly seconds: number }
  /** The fields together are an element of the set. iptables: `-m set --match-set NAME dst,dst`. */
  | {
      readonly kind: 'lookup'
      readonly fields: readonly Field[]
      readonly set: string
      readonly isNegated?: boolean
    }

export type Statement =
  /** Says nothing to the packet. iptables prints it among the matches, nftables at the end. */
  | { readonly kind: 'comment'; readonly text: string }
  /** Counts the packets that come this far: `-m nfacct --nfacct-name NAME`. */
  | { readonly kind: 'account'; readonly name: string }
  /** `mark = (mark & ~mask) ^ value`; `how` is how it is written. nftables writes `|` and `^`. */
  | {
      readonly kind: 'setMark'
      readonly how: 'xmark' | 'or' | 'xor'
      readonly value: number
      readonly mask: number
    }
  /** `-m recent --set --name LIST --mask 255.255.255.255 --rsource` */
  | { readonly kind: 'remember'; readonly list: string }
  /** nftables: `update @SET { ip saddr }` */
  | { readonly kind: 'update'; readonly set: string; readonly fields: readonly Field[] }

/** Ends the rule: the packet goes on as the verdict or the changed addresses say. */
export type Outcome =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'dnat'; readonly to: { readonly ip: Ip; readonly port?: number } }
  | { readonly kind: 'masquerade'; readonly isRandom: boolean }
  /** The verdict that the map has for the fields; without one the next rule is looked at. */
  | { readonly kind: 'vmap'; readonly fields: readonly Field[]; readonly map: string }
  /** nftables: `numgen random mod N vmap { 0 : goto …, }` */
  | { readonly kind: 'spreadVerdicts'; readonly verdicts: readonly Verdict[] }
  /** nftables: `dnat ip to numgen random mod N map { 0 : 10.244.0.10 . 8080, }` */
  | {
      readonly kind: 'spreadDnat'
      readonly to: readonly { readonly ip: Ip; readonly port: number }[]
    }

export type Part = Match | Statement | Outcome

export interface Rule {
  readonly parts: readonly Part[]
}
