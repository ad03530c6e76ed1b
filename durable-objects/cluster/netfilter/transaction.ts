// Changes to a ruleset, made whole or not at all. What refers to something else is checked as things stand after the last change, so
// that the order of the changes does not matter.
import { usageProblem } from './element-types.ts'
import { findLoop } from './loops.ts'
import { sortedBases } from './references.ts'
import { RulesetError } from './ruleset-error.ts'
import type { BaseChainName, Change, ElementSet, Ruleset, Table, TableIndex } from './ruleset.ts'
import { TableDraft } from './table-draft.ts'
import { countUses, type UseCount, usesAfter } from './use-count.ts'

export { RulesetError } from './ruleset-error.ts'

type Refuse = (at: number, reason: string) => never

/**
 * The ruleset with all changes made; the ruleset itself if none has an effect. Throws a RulesetError where the kernel would refuse.
 * Costs what the changes change, not what the tables hold.
 */
export const applyChanges = (ruleset: Ruleset, changes: readonly Change[]): Ruleset => {
  const refuse: Refuse = (at, reason) => {
    throw new RulesetError(changes, at, reason)
  }
  const drafts = new Map<string, TableDraft | undefined>()
  for (const [at, change] of changes.entries()) {
    const key = change.table
    const known = drafts.has(key) ? drafts.get(key) : draftOf(ruleset.get(key))
    const draft = change.kind === 'table' ? (known ?? newTable(key, at, refuse)) : known
    if (draft === undefined) return refuse(at, `there is no table ${key}`)
    drafts.set(key, change.kind === 'deleteTable' ? undefined : draft)
    const problem = applyChange(draft, change, at)
    if (problem !== undefined) refuse(at, problem)
  }
  const tables: [string, Table | undefined][] = []
  for (const [key, draft] of drafts) tables.push([key, draft && finished(draft, refuse)])
  return ruleset.withChanges(tables)
}

const draftOf = (table: Table | undefined): TableDraft | undefined =>
  table && new TableDraft({ family: table.family, name: table.name }, table)

const newTable = (key: string, at: number, refuse: Refuse): TableDraft => {
  const [family, name, rest] = key.split(' ')
  const isFamily = family === 'ip' || family === 'ip6' || family === 'inet'
  if (!isFamily || name === undefined || name === '' || rest !== undefined)
    return refuse(at, `"${key}" is no family and name`)
  return new TableDraft({ family, name }, undefined)
}

/** Returns why the change cannot be made, if it cannot. */
const applyChange = (draft: TableDraft, change: Change, at: number): string | undefined => {
  switch (change.kind) {
    case 'table':
      draft.setComment(change.comment)
      return undefined
    case 'deleteTable':
      return undefined
    case 'chain':
      draft.putChain(change.chain.name, change.chain, at)
      return undefined
    case 'deleteChain':
      if (draft.chain(change.name) === undefined) return `there is no chain ${change.name}`
      draft.putChain(change.name, undefined, at)
      return undefined
    case 'set':
      return draft.putSet(change.set, at)
    case 'deleteSet':
      if (!draft.hasSet(change.name)) return `there is no set ${change.name}`
      draft.deleteSet(change.name, at)
      return undefined
    case 'element':
    case 'deleteElement': {
      if (!draft.hasSet(change.set)) return `there is no set ${change.set}`
      const element = change.kind === 'element' ? change.element : undefined
      return draft.putElement(change.set, change.key, element, at)
    }
  }
}

/** The table that the draft has become, if it holds together. */
const finished = (draft: TableDraft, refuse: Refuse): Table => {
  const count = countUses(draft)
  const index: TableIndex = {
    bases: basesAfter(draft),
    chainUses: usesAfter(draft.index.chainUses, count.chains),
    setUses: usesAfter(draft.index.setUses, count.sets),
  }
  const check: Check = { draft, table: draft.finish(index), index, count, refuse }
  checkChains(check)
  checkSets(check)
  checkLoops(check)
  return check.table
}

interface Check {
  readonly draft: TableDraft
  readonly table: Table
  readonly index: TableIndex
  readonly count: UseCount
  readonly refuse: Refuse
}

const basesAfter = ({ index, chains }: TableDraft): readonly BaseChainName[] => {
  const kept = index.bases.filter(({ name }) => !chains.has(name))
  const written: BaseChainName[] = []
  for (const [name, { value }] of chains)
    if (value?.base !== undefined) written.push({ name, base: value.base })
  if (written.length === 0 && kept.length === index.bases.length) return index.bases
  return sortedBases([...kept, ...written])
}

const checkChains = ({ draft, index, count, refuse }: Check): void => {
  for (const [name, { added, at }] of count.chains) {
    if (added === 0) continue
    const chain = draft.chain(name)
    if (chain === undefined) refuse(at, `there is no chain ${name}`)
    else if (chain.base !== undefined)
      refuse(at, `${name} is a base chain: packets come to it from its hook alone`)
  }
  for (const [name, { value, at }] of draft.chains) {
    if (value !== undefined && value.base === undefined) continue
    const uses = index.chainUses.get(name) ?? 0
    if (uses === 0) continue
    const users = inWords(uses, 'rule or element', 'rules or elements')
    if (value === undefined) refuse(at, `${name} is in use by ${users}`)
    else refuse(at, `${name} is in use by ${users}: it cannot become a base chain`)
  }
}

const checkSets = ({ draft, table, count, refuse }: Check): void => {
  for (const { part, set: name, at } of count.setUses) {
    const set = table.sets.get(name)
    const problem =
      set === undefined ? `there is no set ${name}` : usageProblem(part, set, table.family)
    if (problem !== undefined) refuse(at, problem)
  }
  for (const [name, { at }] of draft.sets) {
    const before = draft.before?.sets.get(name)
    const after = table.sets.get(name)
    // rules that came were checked above
    const remaining = (draft.index.setUses.get(name) ?? 0) - (count.sets.get(name)?.removed ?? 0)
    if (before === undefined || before === after || remaining === 0) continue
    const users = inWords(remaining, 'rule', 'rules')
    if (after === undefined) refuse(at, `${name} is in use by ${users}`)
    else if (!isLike(before, after)) refuse(at, `${name} is in use by ${users}: its type must stay`)
  }
}

/** Rules that look into the one can look into the other. */
const isLike = (a: ElementSet, b: ElementSet): boolean =>
  a.types.join() === b.types.join() &&
  (a.isMap ?? false) === (b.isMap ?? false) &&
  (a.timeoutSeconds === undefined) === (b.timeoutSeconds === undefined)

const checkLoops = ({ draft, table, count, refuse }: Check): void => {
  const starts: string[] = []
  for (const [name, { added }] of count.chains) if (added > 0) starts.push(name)
  // what a map leads to is new to a chain that did not look there before
  for (const { part, chain } of count.setUses) if (part.kind === 'vmap') starts.push(chain)
  const loop = findLoop((name) => draft.chain(name), table.sets, starts)
  if (loop === undefined) return
  const isNew = (name: string): boolean => (count.chains.get(name)?.added ?? 0) > 0
  const name = loop.find(isNew)
  const at = name === undefined ? draft.chains.get(loop[0]!)?.at : count.chains.get(name)?.at
  refuse(at ?? 0, `chains lead in a loop: ${[...loop, loop[0]].join(' -> ')}`)
}

const inWords = (count: number, one: string, many: string): string =>
  count === 1 ? `one ${one}` : `${count} ${many}`
