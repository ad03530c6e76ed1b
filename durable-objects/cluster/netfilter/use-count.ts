// Which references a transaction adds and removes: the difference between what was written and what stood there before.
import { type SetPart, targetOf, visitReferences } from './references.ts'
import type { PersistentMap } from './persistent-map.ts'
import type { Rule, Verdict } from './rule.ts'
import type { ElementSet, SetElement } from './ruleset.ts'
import type { TableDraft } from './table-draft.ts'

/** References to one chain or set that came and went. */
export interface Uses {
  added: number
  removed: number
  /** A change that added one. */
  at: number
}

/** A rule that came and looks into a set. */
export interface SetUse {
  readonly part: SetPart
  readonly set: string
  readonly chain: string
  readonly at: number
}

export interface UseCount {
  readonly chains: Map<string, Uses>
  readonly sets: Map<string, Uses>
  readonly setUses: SetUse[]
}

const NO_RULES: readonly Rule[] = []

export const countUses = (draft: TableDraft): UseCount => {
  const count: UseCount = { chains: new Map(), sets: new Map(), setUses: [] }
  const countRules = ruleCounter(count)
  for (const [name, { value, at }] of draft.chains) {
    const old = draft.before?.chains.get(name)?.rules ?? NO_RULES
    countRules({ name, old, rules: value?.rules ?? NO_RULES, at })
  }
  for (const [name, { value, at }] of draft.sets) {
    const before = draft.before?.sets.get(name)
    const after = value?.set
    // elements are counted one by one unless the set as a whole was written
    if (before?.elements !== after?.elements) {
      countElements(count, before, -1, at)
      countElements(count, after, 1, at)
    }
    for (const [key, element] of value?.elements ?? [])
      countElement(count, after?.elements.get(key), element.value, element.at)
  }
  return count
}

/** The numbers of uses after the transaction. */
export const usesAfter = (
  before: PersistentMap<number>,
  uses: ReadonlyMap<string, Uses>,
): PersistentMap<number> => before.withChanges(changedUses(before, uses))

function* changedUses(
  before: PersistentMap<number>,
  uses: ReadonlyMap<string, Uses>,
): Generator<readonly [string, number | undefined], void> {
  for (const [name, { added, removed }] of uses) {
    if (added === removed) continue
    const count = (before.get(name) ?? 0) + added - removed
    yield [name, count === 0 ? undefined : count]
  }
}

interface RulesChange {
  readonly name: string
  readonly old: readonly Rule[]
  readonly rules: readonly Rule[]
  readonly at: number
}

/** A chain that all ports share is written anew for each change: only rules that differ count. */
const ruleCounter = (count: UseCount): ((change: RulesChange) => void) => {
  let name = ''
  let at = 0
  const removing = {
    chain: (target: string) => {
      usesOf(count.chains, target).removed++
    },
    set: (set: string) => {
      usesOf(count.sets, set).removed++
    },
  }
  const adding = {
    chain: (target: string) => {
      addUse(count.chains, target, at)
    },
    set: (set: string, part: SetPart) => {
      addUse(count.sets, set, at)
      count.setUses.push({ part, set, chain: name, at })
    },
  }
  return (change) => {
    const { old, rules } = change
    if (old === rules) return
    ;({ name, at } = change)
    const least = Math.min(old.length, rules.length)
    let start = 0
    while (start < least && old[start] === rules[start]) start++
    let end = 0
    while (end < least - start && old[old.length - 1 - end] === rules[rules.length - 1 - end]) end++
    for (let index = start; index < old.length - end; index++)
      visitReferences(old[index]!, removing)
    for (let index = start; index < rules.length - end; index++)
      visitReferences(rules[index]!, adding)
  }
}

const countElements = (
  count: UseCount,
  set: ElementSet | undefined,
  by: 1 | -1,
  at: number,
): void => {
  if (set?.isMap !== true) return
  for (const [, { verdict }] of set.elements.entries()) countVerdict(count, verdict, by, at)
}

const countElement = (
  count: UseCount,
  old: SetElement | undefined,
  element: SetElement | undefined,
  at: number,
): void => {
  if (old === element) return
  countVerdict(count, old?.verdict, -1, at)
  countVerdict(count, element?.verdict, 1, at)
}

const countVerdict = (
  count: UseCount,
  verdict: Verdict | undefined,
  by: 1 | -1,
  at: number,
): void => {
  const target = targetOf(verdict)
  if (target === undefined) return
  if (by === 1) addUse(count.chains, target, at)
  else usesOf(count.chains, target).removed++
}

const usesOf = (all: Map<string, Uses>, name: string): Uses => {
  let uses = all.get(name)
  if (uses === undefined) {
    uses = { added: 0, removed: 0, at: 0 }
    all.set(name, uses)
  }
  return uses
}

const addUse = (all: Map<string, Uses>, name: string, at: number): void => {
  const uses = usesOf(all, name)
  uses.added++
  uses.at = at
}
