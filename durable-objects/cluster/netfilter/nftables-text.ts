// Prints tables as `nft list ruleset` and `nft list table` do (nftables 1.0.6).
import { elementsText } from './nftables-elements.ts'
import { nftRule } from './nftables-rule-text.ts'
import type { BaseChain, Chain, ElementSet, Ruleset, Table } from './ruleset.ts'

export { nftRule, nftVerdict } from './nftables-rule-text.ts'

/** Which tables are meant: all of them, those of a family, or one. */
export interface NftSelection {
  readonly family?: Table['family']
  readonly table?: string
}

/** `nft list ruleset`, or, with a family and a table, `nft list table ip kube-proxy`. */
export const nftList = (ruleset: Ruleset, { family, table }: NftSelection = {}): string =>
  ruleset
    .sorted()
    .map(([, candidate]) => candidate)
    .filter(
      (candidate) =>
        (family === undefined || candidate.family === family) &&
        (table === undefined || candidate.name === table),
    )
    .map(tableText)
    .join('')

const tableText = (table: Table): string => {
  const blocks = [
    ...listed(table.sets.sorted()).map(setText),
    ...listed(table.chains.sorted()).map(chainText),
  ]
  const comment = table.comment === undefined ? '' : `\tcomment "${table.comment}"\n`
  return `table ${table.family} ${table.name} {\n${comment}${blocks.join('\n')}}\n`
}

/** Those that say where they stand, then base chains, then the rest; names decide between equals. */
const listed = <T extends { readonly order?: number; readonly base?: BaseChain }>(
  entries: readonly (readonly [name: string, value: T])[],
): readonly T[] => {
  const rank = ({ base }: T): number => (base === undefined ? 1 : 0)
  return entries
    .map(([, value]) => value)
    .sort((a, b) => {
      if (a.order !== undefined && b.order !== undefined) return a.order - b.order
      if (a.order !== undefined) return -1
      return b.order === undefined ? rank(a) - rank(b) : 1
    })
}

const block = (head: string, lines: readonly string[]): string =>
  `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`

const setText = (set: ElementSet): string => {
  const lines = [`type ${set.types.join(' . ')}${set.isMap === true ? ' : verdict' : ''}`]
  if (set.size !== undefined) lines.push(`size ${set.size}`)
  const flags = flagsOf(set)
  if (flags.length > 0) lines.push(`flags ${flags.join(',')}`)
  if (set.timeoutSeconds !== undefined) lines.push(`timeout ${timeText(set.timeoutSeconds)}`)
  if (set.comment !== undefined) lines.push(`comment "${set.comment}"`)
  if (set.elements.size > 0) lines.push(`elements = { ${elementsText(set)} }`)
  return block(`${set.isMap === true ? 'map' : 'set'} ${set.name}`, lines)
}

const flagsOf = ({ timeoutSeconds, isInterval }: ElementSet): readonly string[] => {
  const interval = isInterval === true ? ['interval'] : []
  return timeoutSeconds === undefined ? interval : ['dynamic', ...interval, 'timeout']
}

/** `1d2h3m4s`, without what is zero. */
const timeText = (seconds: number): string => {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const text = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('')
  return text === '' ? '0s' : text
}

const chainText = ({ name, base, comment, rules }: Chain): string => {
  const lines = rules.map(nftRule)
  if (base !== undefined)
    lines.unshift(
      `type ${base.type} hook ${base.hook} priority ${priorityText(base)}; policy ${base.policy};`,
    )
  if (comment !== undefined) lines.unshift(`comment "${comment}"`)
  return block(`chain ${name}`, lines)
}

/** Priorities with a name, and the one hook that some names are for. nft: src/datatype.c std_prios */
export const PRIORITIES: readonly {
  readonly name: string
  readonly value: number
  readonly hook?: BaseChain['hook']
}[] = [
  { name: 'raw', value: -300 },
  { name: 'mangle', value: -150 },
  { name: 'dstnat', value: -100, hook: 'prerouting' },
  { name: 'filter', value: 0 },
  { name: 'security', value: 50 },
  { name: 'srcnat', value: 100, hook: 'postrouting' },
]

/** `dstnat - 10`: up to ten away from a priority with a name, that name is used. */
const priorityText = ({ priority, hook }: BaseChain): string => {
  const near = PRIORITIES.find(({ value }) => Math.abs(priority - value) <= 10)
  if (near === undefined || (near.hook ?? hook) !== hook) return `${priority}`
  const offset = priority - near.value
  if (offset === 0) return near.name
  return `${near.name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`
}
