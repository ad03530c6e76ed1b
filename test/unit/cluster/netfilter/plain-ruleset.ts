// A ruleset as plain objects, so that a test can compare two of them and say where they differ.
import type { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'

export const plain = (ruleset: Ruleset): unknown =>
  entries(ruleset, (table) => ({
    ...table,
    chains: entries(table.chains, (chain) => chain),
    sets: entries(table.sets, (set) => ({
      ...set,
      elements: entries(set.elements, (element) => element),
    })),
  }))

const entries = <V>(map: PersistentMap<V>, value: (of: V) => unknown): unknown =>
  map.sorted().map(([key, of]) => [key, value(of)])
