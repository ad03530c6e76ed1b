// What rules and elements refer to, and the index that counts it.
import { PersistentMap } from './persistent-map.ts'
import type { Part, Rule, Verdict } from './rule.ts'
import type { BaseChainName, Table, TableIndex } from './ruleset.ts'

export interface ReferenceVisitor {
  readonly chain: (name: string) => void
  /** `part` is how the set is used. */
  readonly set: (name: string, part: SetPart) => void
}

/** A part that looks into a set. */
export type SetPart = Extract<Part, { kind: 'lookup' | 'update' | 'vmap' }>

/** The chain that a verdict leads to. */
export const targetOf = (verdict: Verdict | undefined): string | undefined =>
  verdict?.kind === 'jump' || verdict?.kind === 'goto' ? verdict.chain : undefined

const visitVerdict = (verdict: Verdict, { chain }: ReferenceVisitor): void => {
  const target = targetOf(verdict)
  if (target !== undefined) chain(target)
}

export const visitReferences = (rule: Rule, visitor: ReferenceVisitor): void => {
  for (const part of rule.parts) {
    switch (part.kind) {
      case 'verdict':
        visitVerdict(part.verdict, visitor)
        break
      case 'spreadVerdicts':
        for (const verdict of part.verdicts) visitVerdict(verdict, visitor)
        break
      case 'lookup':
      case 'update':
        visitor.set(part.set, part)
        break
      case 'vmap':
        visitor.set(part.map, part)
        break
      default:
    }
  }
}

export const sortedBases = (bases: Iterable<BaseChainName>): readonly BaseChainName[] =>
  [...bases].sort((a, b) => a.base.priority - b.base.priority || (a.name < b.name ? -1 : 1))

const EMPTY_INDEX: TableIndex = {
  bases: [],
  chainUses: PersistentMap.empty<number>(),
  setUses: PersistentMap.empty<number>(),
}

const built = new WeakMap<Table, TableIndex>()

/** The table's index. A table that has none is read through once. */
export const indexOf = (table: Table | undefined): TableIndex => {
  if (table === undefined) return EMPTY_INDEX
  if (table.index !== undefined) return table.index
  const known = built.get(table)
  if (known !== undefined) return known
  const index = buildIndex(table)
  built.set(table, index)
  return index
}

const buildIndex = (table: Table): TableIndex => {
  const chainUses = new Map<string, number>()
  const setUses = new Map<string, number>()
  const count = (uses: Map<string, number>) => (name: string) => {
    uses.set(name, (uses.get(name) ?? 0) + 1)
  }
  const visitor: ReferenceVisitor = { chain: count(chainUses), set: count(setUses) }
  const bases: BaseChainName[] = []
  for (const [name, { base, rules }] of table.chains.entries()) {
    if (base !== undefined) bases.push({ name, base })
    for (const rule of rules) visitReferences(rule, visitor)
  }
  for (const [, { elements }] of table.sets.entries()) {
    for (const [, { verdict }] of elements.entries())
      if (verdict !== undefined) visitVerdict(verdict, visitor)
  }
  return {
    bases: sortedBases(bases),
    chainUses: PersistentMap.of(chainUses),
    setUses: PersistentMap.of(setUses),
  }
}
