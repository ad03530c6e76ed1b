// Chains that lead back to themselves. The kernel refuses them, so that every packet comes to an end.
import { targetOf, visitReferences } from './references.ts'
import type { Chain, Table } from './ruleset.ts'

interface Step {
  readonly chain: string
  readonly targets: readonly string[]
  next: number
}

/**
 * The chains of a loop that can be reached from `starts`, if there is one. A table had no loop before a change, so that a new loop
 * goes through something that is new: it is enough to start where new references lead.
 */
export const findLoop = (
  chainOf: (name: string) => Chain | undefined,
  sets: Table['sets'],
  starts: Iterable<string>,
): readonly string[] | undefined => {
  /** 'open': on the way from the start to here. */
  const seen = new Map<string, 'open' | 'done'>()
  const targetsOf = targetFinder(chainOf, sets)
  // a stack of its own: chains may lead to chains deeper than calls may be nested
  const way: Step[] = []
  const stepInto = (chain: string): void => {
    const targets = targetsOf(chain)
    seen.set(chain, targets.length === 0 ? 'done' : 'open')
    if (targets.length > 0) way.push({ chain, targets, next: 0 })
  }
  for (const start of starts) {
    if (!seen.has(start)) stepInto(start)
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const target = step.targets[step.next++]
      if (target === undefined) {
        way.pop()
        seen.set(step.chain, 'done')
        continue
      }
      const state = seen.get(target)
      if (state === undefined) stepInto(target)
      else if (state === 'open') {
        const names = way.map(({ chain }) => chain)
        return names.slice(names.indexOf(target))
      }
    }
  }
  return undefined
}

const NONE: readonly string[] = []

/** The chains that a chain leads to. */
const targetFinder = (
  chainOf: (name: string) => Chain | undefined,
  sets: Table['sets'],
): ((chain: string) => readonly string[]) => {
  let targets: string[] = []
  const visitor = {
    chain: (target: string) => {
      targets.push(target)
    },
    set: (set: string) => {
      for (const [, { verdict }] of sets.get(set)?.elements.entries() ?? []) {
        const target = targetOf(verdict)
        if (target !== undefined) targets.push(target)
      }
    },
  }
  return (name) => {
    for (const rule of chainOf(name)?.rules ?? []) visitReferences(rule, visitor)
    if (targets.length === 0) return NONE
    const found = targets
    targets = []
    return found
  }
}
