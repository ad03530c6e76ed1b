// Parts of rules that stand in many of them.
import type { Cidr } from '#net/cidr.ts'
import type { Field, Match, Part, Rule, Verdict } from '#netfilter/rule.ts'
import type { LocalDetector } from '#kube-proxy/backend.ts'

/** The key that table changes take. */
export const TABLE = 'ip kube-proxy'

export const SERVICE_FIELDS: readonly Field[] = ['ip daddr', 'meta l4proto', 'th dport']
export const NODE_PORT_FIELDS: readonly Field[] = ['meta l4proto', 'th dport']

export const rule = (...parts: readonly Part[]): Rule => ({ parts })

export const verdict = (what: Verdict): Part => ({ kind: 'verdict', verdict: what })

export const goto = (chain: string): Part => verdict({ kind: 'goto', chain })

export const jump = (chain: string): Part => verdict({ kind: 'jump', chain })

export const comment = (text: string): Part => ({ kind: 'comment', text })

export const lookup = (set: string, ...fields: readonly Field[]): Match => ({
  kind: 'lookup',
  fields,
  set,
})

/** `mark or MARK`: the packet will be masqueraded when it leaves. */
export const markForMasquerade = (mark: number): Part => ({
  kind: 'setMark',
  how: 'or',
  value: mark,
  mask: mark,
})

/** One network is matched by itself, which is what nft makes of a set with one element. */
export const fromOneOf = (
  side: 'source' | 'destination',
  cidrs: readonly Cidr[],
  isNegated: boolean,
): Match => {
  const negation = isNegated ? { isNegated } : {}
  const [cidr] = cidrs
  return cidrs.length === 1 && cidr !== undefined
    ? { kind: 'address', side, cidr, ...negation }
    : { kind: 'addresses', side, cidrs, ...negation }
}

/** undefined: nothing tells the cluster's own traffic. kubernetes: LocalTrafficDetector IfLocalNFT, IfNotLocalNFT */
export const fromPods = (detector: LocalDetector, isNegated: boolean): Match | undefined => {
  const negation = isNegated ? { isNegated } : {}
  switch (detector.kind) {
    case 'none':
      return undefined
    case 'cidr':
      return { kind: 'address', side: 'source', cidr: detector.cidr, ...negation }
    case 'bridge':
      return { kind: 'interface', name: detector.name, ...negation }
    case 'interfacePrefix':
      return { kind: 'interface', name: detector.prefix, isPrefix: true, ...negation }
  }
}
