// Short ways to write rules. Parts stand in the order in which iptables-save prints them: addresses, interface and protocol first,
// then what kube-proxy said, in its order.
import type { Cidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import type { ConnectionState, Protocol } from '#netfilter/packet.ts'
import type { Match, Outcome, Part, Rule, Side, Statement, Verdict } from '#netfilter/rule.ts'

export const LOOPBACK: Cidr = { network: { version: 4, value: 0x7f000000 }, prefix: 8 }

export const rule = (...parts: readonly Part[]): Rule => ({ parts })

export const address = (side: Side, cidr: Cidr): Match => ({ kind: 'address', side, cidr })

export const notAddress = (side: Side, cidr: Cidr): Match => ({
  kind: 'address',
  side,
  cidr,
  isNegated: true,
})

export const host = (ip: Ip): Cidr => ({ network: ip, prefix: ip.version === 4 ? 32 : 128 })

export const protocolIs = (protocol: Protocol): Match => ({ kind: 'protocol', protocol })

export const destinationPort = (protocol: Protocol, port: number): Match => ({
  kind: 'port',
  protocol,
  port,
})

export const isLocal = (side: Side): Match => ({ kind: 'isLocal', side })

export const stateIs = (
  ...states: readonly ConnectionState[]
): Extract<Match, { kind: 'state' }> => ({ kind: 'state', states })

export const comment = (text: string): Statement => ({ kind: 'comment', text })

export const jump = (chain: string): Outcome => verdict({ kind: 'jump', chain })

export const verdict = (of: Verdict): Outcome => ({ kind: 'verdict', verdict: of })

export const DROP: Outcome = verdict({ kind: 'drop' })
export const ACCEPT: Outcome = verdict({ kind: 'accept' })
export const RETURN: Outcome = verdict({ kind: 'return' })
export const REJECT: Outcome = verdict({ kind: 'reject', with: 'icmp-port-unreachable' })
