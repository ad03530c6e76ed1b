// Reads what `iptables-save` prints. What our rules have no words for is refused, with the number of its line.
import { builtInChain } from './iptables-chains.ts'
import { parseIptablesRule } from './iptables-parse-rule.ts'
import { IPTABLES_TABLES } from './iptables-text.ts'
import { PersistentMap } from './persistent-map.ts'
import type { Rule } from './rule.ts'
import type { BaseChain, Chain, Ruleset, Table } from './ruleset.ts'
import { checkLength, shown, TableSyntaxError, type Token, TokenReader } from './token-reader.ts'

interface OpenChain {
  readonly base?: BaseChain
  readonly rules: Rule[]
}

interface OpenTable {
  readonly name: string
  readonly chains: Map<string, OpenChain>
}

/** Throws TableSyntaxError. */
export const parseIptablesSave = (text: string): Ruleset => {
  checkLength(text)
  const tables = new Map<string, Table>()
  let open: OpenTable | undefined
  const lines = text.split('\n')
  for (const [index, raw] of lines.entries()) {
    const number = index + 1
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (open === undefined) open = openTable(line, number, tables)
    else if (line === 'COMMIT') {
      tables.set(`ip ${open.name}`, closedTable(open))
      open = undefined
    } else if (line.startsWith(':')) addChain(open, line.slice(1), number)
    else addRule(open, line, number)
  }
  if (open !== undefined) throw new TableSyntaxError(lines.length, 'COMMIT is missing')
  return PersistentMap.of(tables)
}

const openTable = (line: string, number: number, tables: ReadonlyMap<string, Table>): OpenTable => {
  const name = line.slice(1)
  if (!line.startsWith('*'))
    throw new TableSyntaxError(number, `expected a table such as *nat, not ${shown(line)}`)
  if (!IPTABLES_TABLES.includes(name))
    throw new TableSyntaxError(number, `unknown table ${shown(name)}`)
  if (tables.has(`ip ${name}`)) throw new TableSyntaxError(number, `table ${name} stands twice`)
  return { name, chains: new Map() }
}

const closedTable = ({ name, chains }: OpenTable): Table => ({
  family: 'ip',
  name,
  chains: PersistentMap.of(
    [...chains].map(([chain, content]): [string, Chain] => [chain, { name: chain, ...content }]),
  ),
  sets: PersistentMap.empty(),
})

const COUNTERS = /^\[\d{1,20}:\d{1,20}\]$/

/** `KUBE-SERVICES - [0:0]` */
const addChain = (table: OpenTable, line: string, number: number): void => {
  const [name = '', policy = '', counters, ...more] = line.split(' ')
  const fail = (message: string): never => {
    throw new TableSyntaxError(number, message)
  }
  if (name === '') fail('a chain has no name')
  if (table.chains.has(name)) fail(`chain ${shown(name)} stands twice`)
  if (more.length > 0 || (counters !== undefined && !COUNTERS.test(counters)))
    fail(`expected counters such as [0:0], not ${shown([counters, ...more].join(' '))}`)
  const base = builtInChain(table.name, name, policy === 'DROP' ? 'drop' : 'accept')
  const policies = base === undefined ? ['-'] : ['ACCEPT', 'DROP']
  if (!policies.includes(policy)) fail(`chain ${shown(name)} has the policy ${shown(policy)}`)
  table.chains.set(name, { ...(base === undefined ? {} : { base }), rules: [] })
}

const addRule = (table: OpenTable, line: string, number: number): void => {
  const words = wordsOf(line, number)
  // `iptables-save -c` prints what was counted before each rule
  if (COUNTERS.test(words[0]?.text ?? '')) words.shift()
  const reader = new TokenReader(words, number)
  if (!reader.take('-A')) reader.unknown('command')
  const name = reader.next('the name of a chain')
  const chain = table.chains.get(name)
  if (chain === undefined)
    throw new TableSyntaxError(number, `table ${table.name} has no chain ${shown(name)}`)
  chain.rules.push(parseIptablesRule(reader))
}

/** Words between blanks; in quotes a backslash takes the next character as it is. */
const wordsOf = (line: string, number: number): Token[] => {
  const words: Token[] = []
  for (let at = 0; at < line.length;) {
    if (line[at] === ' ' || line[at] === '\t') at++
    else if (line[at] === '"') {
      const { text, end } = quotedAt(line, at + 1, number)
      words.push({ text, line: number, isQuoted: true })
      at = end
    } else {
      const start = at
      while (at < line.length && line[at] !== ' ' && line[at] !== '\t') at++
      words.push({ text: line.slice(start, at), line: number })
    }
  }
  return words
}

const quotedAt = (
  line: string,
  start: number,
  number: number,
): { readonly text: string; readonly end: number } => {
  const pieces: string[] = []
  let from = start
  for (let at = start; at < line.length; at++) {
    if (line[at] === '"') {
      pieces.push(line.slice(from, at))
      return { text: pieces.join(''), end: at + 1 }
    }
    if (line[at] !== '\\') continue
    pieces.push(line.slice(from, at))
    at++
    from = at
  }
  throw new TableSyntaxError(number, 'a quote is not closed')
}
