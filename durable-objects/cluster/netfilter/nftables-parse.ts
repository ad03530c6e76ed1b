// Reads what `nft list` prints. What our tables have no words for is refused, with the number of its line.
import { parseNftRule } from './nftables-parse-rule.ts'
import { parseSet } from './nftables-parse-set.ts'
import { PRIORITIES } from './nftables-text.ts'
import { nftTokens } from './nftables-tokens.ts'
import { PersistentMap } from './persistent-map.ts'
import type { Rule } from './rule.ts'
import type { BaseChain, Chain, ElementSet, Ruleset, Table } from './ruleset.ts'
import { checkLength, numberOf, shown, TokenReader } from './token-reader.ts'

/** Throws TableSyntaxError. */
export const parseNftList = (text: string): Ruleset => {
  checkLength(text)
  const tokens = nftTokens(text)
  const reader = new TokenReader(tokens, tokens.at(-1)?.line ?? 1)
  const tables = new Map<string, Table>()
  for (skipLines(reader); !reader.isAtEnd; skipLines(reader)) {
    reader.expect('table')
    const family = reader.oneOf(['ip', 'ip6', 'inet'], 'family')
    const name = reader.next('the name of a table')
    const key = `${family} ${name}`
    if (tables.has(key)) reader.fail(`table ${shown(key)} stands twice`)
    tables.set(key, { family, name, ...tableContent(reader) })
  }
  return PersistentMap.of(tables)
}

/** Ends of lines mean nothing between blocks. */
const skipLines = (reader: TokenReader): void => {
  while (reader.take('\n') || reader.take(';'));
}

type Content = Pick<Table, 'comment' | 'chains' | 'sets'>

const tableContent = (reader: TokenReader): Content => {
  const chains = new Map<string, Chain>()
  const sets = new Map<string, ElementSet>()
  let comment: string | undefined
  reader.expect('{')
  for (skipLines(reader); !reader.take('}'); skipLines(reader)) {
    const kind = reader.oneOf(['comment', 'set', 'map', 'chain'], 'part of a table')
    if (kind === 'comment') {
      comment = reader.quoted('a comment')
      continue
    }
    const name = reader.next(`the name of a ${kind}`)
    const known: ReadonlyMap<string, unknown> = kind === 'chain' ? chains : sets
    if (known.has(name)) reader.fail(`${kind} ${shown(name)} stands twice`)
    const order = known.size
    if (kind === 'chain') chains.set(name, { ...chain(reader, name), order })
    else sets.set(name, { ...parseSet(reader, name, kind === 'map'), order })
  }
  return {
    ...(comment === undefined ? {} : { comment }),
    chains: PersistentMap.of(chains),
    sets: PersistentMap.of(sets),
  }
}

const chain = (reader: TokenReader, name: string): Chain => {
  const rules: Rule[] = []
  let base: BaseChain | undefined
  let comment: string | undefined
  reader.expect('{')
  for (skipLines(reader); !reader.take('}'); skipLines(reader)) {
    if (reader.isAtEnd) reader.fail('a chain has no end')
    if (reader.peek() === 'type') base = baseChain(reader)
    else if (rules.length === 0 && reader.take('comment')) comment = reader.quoted('a comment')
    else rules.push(parseNftRule(reader))
  }
  return {
    name,
    ...(base === undefined ? {} : { base }),
    ...(comment === undefined ? {} : { comment }),
    rules,
  }
}

/** `type nat hook prerouting priority dstnat - 10; policy accept;` */
const baseChain = (reader: TokenReader): BaseChain => {
  reader.expect('type')
  const type = reader.oneOf(['filter', 'nat', 'route'], 'type of a chain')
  reader.expect('hook')
  const hook = reader.oneOf(['prerouting', 'input', 'forward', 'output', 'postrouting'], 'hook')
  reader.expect('priority')
  const priority = priorityOf(reader)
  reader.expect(';')
  const policy = reader.take('policy') ? reader.oneOf(['accept', 'drop'], 'policy') : 'accept'
  return { type, hook, priority, policy }
}

const MAX_PRIORITY = 2 ** 31 - 1

const priorityOf = (reader: TokenReader): number => {
  const text = reader.next('a priority')
  const known = PRIORITIES.find(({ name }) => name === text)
  if (known === undefined) {
    const value = numberOf(text.startsWith('-') ? text.slice(1) : text)
    if (value === undefined || value > MAX_PRIORITY)
      return reader.fail(`unknown priority ${shown(text)}`)
    return text.startsWith('-') ? -value : value
  }
  if (reader.take('-')) return known.value - reader.number('an offset', MAX_PRIORITY)
  if (reader.take('+')) return known.value + reader.number('an offset', MAX_PRIORITY)
  return known.value
}
