// A bundle that was made anew says mostly what the one before it said. What is equal stays the same object, so that a change touches only
// what it changes: chains keep their identity, and sets and shared chains are left alone.
import { equal } from '#apimachinery/object.ts'
import type { Rule } from '#netfilter/rule.ts'
import type { Chain, ElementSet } from '#netfilter/ruleset.ts'
import type { Bundle, BundleChain, BundleElement, BundleRules, BundleSet } from './bundle.ts'

/** The new bundle with the old one's parts where they are equal; the old one itself if all are. */
export const reuseBundle = (before: Bundle | undefined, after: Bundle): Bundle => {
  if (before === undefined || before === after) return after
  const bundle = {
    chains: reuseList(before.chains, after.chains, chainId, reuseChain),
    rules: reuseList(before.rules, after.rules, rulesId, reuseRules),
    sets: reuseList(before.sets, after.sets, setId, reuseSet),
    elements: reuseList(before.elements, after.elements, elementId, reuseElement),
  }
  const isSame =
    bundle.chains === before.chains &&
    bundle.rules === before.rules &&
    bundle.sets === before.sets &&
    bundle.elements === before.elements
  return isSame ? before : bundle
}

const chainId = ({ table, chain }: BundleChain): string => `${table} ${chain.name}`
const rulesId = ({ table, chain }: BundleRules): string => `${table} ${chain}`
const setId = ({ table, set }: BundleSet): string => `${table} ${set.name}`
const elementId = ({ table, set, key }: BundleElement): string => `${table} ${set} ${key}`

const reuseList = <T>(
  before: readonly T[],
  after: readonly T[],
  idOf: (item: T) => string,
  reuse: (before: T, after: T) => T,
): readonly T[] => {
  if (before.length === 0 || after.length === 0)
    return before.length === after.length ? before : after
  // what came or went shifts what stands behind it
  let byId: Map<string, T> | undefined
  const list = after.map((item, at) => {
    const id = idOf(item)
    const here = before[at]
    if (here !== undefined && idOf(here) === id) return reuse(here, item)
    byId ??= new Map(before.map((old) => [idOf(old), old]))
    const old = byId.get(id)
    return old === undefined ? item : reuse(old, item)
  })
  const isSame = list.length === before.length && list.every((item, at) => item === before[at])
  return isSame ? before : list
}

const reuseRuleList = (before: readonly Rule[], after: readonly Rule[]): readonly Rule[] => {
  if (before === after) return before
  const list = after.map((rule, at) => (equal(before[at], rule) ? before[at]! : rule))
  const isSame = list.length === before.length && list.every((rule, at) => rule === before[at])
  return isSame ? before : list
}

const reuseChain = (before: BundleChain, after: BundleChain): BundleChain => {
  if (before.chain === after.chain) return before
  const rules = reuseRuleList(before.chain.rules, after.chain.rules)
  const chain: Chain = { ...after.chain, rules }
  return rules === before.chain.rules && equal(before.chain, chain)
    ? before
    : { table: after.table, chain }
}

const reuseRules = (before: BundleRules, after: BundleRules): BundleRules => {
  const rules = reuseRuleList(before.rules, after.rules)
  return rules === before.rules ? before : { ...after, rules }
}

/** A port's own sets are filled by rules alone; where one has elements, only the same map of them is equal. */
const reuseSet = (before: BundleSet, after: BundleSet): BundleSet => {
  if (before.set === after.set) return before
  const { elements: old, ...one } = before.set
  const { elements, ...other } = after.set satisfies ElementSet
  const hasSame = old === elements || (old.size === 0 && elements.size === 0)
  return hasSame && equal(one, other) ? before : after
}

const reuseElement = (before: BundleElement, after: BundleElement): BundleElement =>
  equal(before.element, after.element) ? before : after
