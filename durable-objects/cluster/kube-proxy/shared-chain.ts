// A chain to which every Service port adds rules, such as KUBE-SERVICES. The ports stand in the order of their keys: kube-proxy leaves
// the order to chance, a learner should find things where they were.
import type { Rule } from '#netfilter/rule.ts'

type Rules = readonly Rule[]

export interface SharedChain {
  readonly table: string
  readonly chain: string
  /** Sorted. */
  readonly keys: readonly string[]
  /** What the port at the same place wrote. */
  readonly parts: readonly Rules[]
  /** What stands behind all of them. */
  readonly last: Rules
}

/** A chain with the parts of some ports changed; undefined takes a part away. */
export const withParts = (
  shared: SharedChain,
  changes: ReadonlyMap<string, Rules | undefined>,
): SharedChain => {
  const sorted = [...changes].sort(([a], [b]) => (a < b ? -1 : 1))
  const keys: string[] = []
  const parts: Rules[] = []
  let from = 0
  for (const [key, rules] of sorted) {
    const at = placeOf(shared.keys, key, from)
    push(keys, shared.keys, from, at)
    push(parts, shared.parts, from, at)
    from = shared.keys[at] === key ? at + 1 : at
    if (rules === undefined) continue
    keys.push(key)
    parts.push(rules)
  }
  push(keys, shared.keys, from, shared.keys.length)
  push(parts, shared.parts, from, shared.parts.length)
  return { ...shared, keys, parts }
}

export const rulesOf = ({ parts, last }: SharedChain): Rules => [...parts.flat(), ...last]

/** Where the key stands or would stand, at `from` or later. */
const placeOf = (keys: readonly string[], key: string, from: number): number => {
  let low = from
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

const push = <T>(to: T[], list: readonly T[], from: number, end: number): void => {
  for (let at = from; at < end; at++) to.push(list[at]!)
}
