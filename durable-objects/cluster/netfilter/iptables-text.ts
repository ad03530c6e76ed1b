// Prints tables as `iptables-save` does (iptables 1.8.9, nf_tables), letter for letter but for its lines that tell the time.
import { formatCidr } from '#net/cidr.ts'
import { formatIp } from '#net/ip.ts'
import { HOOKS_OF_CHAINS } from './iptables-chains.ts'
import type { ConnectionState } from './packet.ts'
import type { Part, Rule, Verdict } from './rule.ts'
import type { Chain, Ruleset, Table } from './ruleset.ts'

type Of<Kind extends Part['kind']> = Extract<Part, { readonly kind: Kind }>

/** The tables that iptables knows, in the order a packet meets them. */
export const IPTABLES_TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security']

/** What `iptables-save` prints, or, with one table, `iptables-save -t`. Other tables than iptables' own are not its business. */
export const iptablesSave = (
  ruleset: Ruleset,
  tables: readonly string[] = IPTABLES_TABLES,
): string =>
  tables
    .filter((name) => IPTABLES_TABLES.includes(name))
    .map((name) => tableText(ruleset.get(`ip ${name}`)))
    .join('')

const tableText = (table: Table | undefined): string => {
  if (table === undefined) return ''
  const chains = inOrder(table)
  const lines = [`*${table.name}`]
  for (const { name, base } of chains)
    lines.push(`:${name} ${base === undefined ? '-' : base.policy.toUpperCase()} [0:0]`)
  for (const { name, rules } of chains)
    for (const rule of rules) {
      const text = ruleText(rule)
      // iptables does not print half a table
      if (text === undefined) return `# Table \`${table.name}' is incompatible, use 'nft' tool.\n`
      lines.push(appended(name, text))
    }
  lines.push('COMMIT', '')
  return lines.join('\n')
}

/** The built-in chains as a packet meets them, then the others by name. */
const inOrder = (table: Table): readonly Chain[] => {
  const chains = table.chains.sorted().map(([, chain]) => chain)
  const builtIn = [...HOOKS_OF_CHAINS.values()].flatMap((hook) =>
    chains.filter(({ base }) => base?.hook === hook),
  )
  return [...builtIn, ...chains.filter(({ base }) => base === undefined)]
}

const appended = (chain: string, text: string): string =>
  `-A ${chain}${text === '' ? '' : ' '}${text}`

/** One rule as iptables-save lists it: `-A KUBE-SERVICES -d 10.96.0.1/32 …`. */
export const iptablesRule = (chain: string, rule: Rule): string =>
  appended(chain, ruleText(rule) ?? '[unsupported revision]')

/** A rule without its chain; undefined if it says something that iptables has no words for. */
export const ruleText = ({ parts }: Rule): string | undefined => {
  const texts = [...headOf(parts)]
  for (const part of parts) {
    const text = partText(part)
    if (text === undefined) return undefined
    if (text !== '') texts.push(text)
  }
  return texts.join(' ')
}

/** What iptables itself compares, which is printed first wherever it stands: addresses, interface, protocol. */
function* headOf(parts: readonly Part[]): Generator<string, void> {
  for (const side of ['source', 'destination'] as const)
    for (const part of parts)
      if (part.kind === 'address' && part.side === side && !isEverywhere(part))
        yield `${not(part)}-${side === 'source' ? 's' : 'd'} ${formatCidr(part.cidr)}`
  for (const part of parts)
    if (part.kind === 'interface')
      yield `${not(part)}-i ${part.name}${part.isPrefix === true ? '+' : ''}`
  for (const part of parts) if (part.kind === 'protocol') yield `-p ${part.protocol}`
}

const isEverywhere = ({ cidr, isNegated }: Of<'address'>): boolean =>
  cidr.prefix === 0 && isNegated !== true

const not = ({ isNegated }: { readonly isNegated?: boolean }): string =>
  isNegated === true ? '! ' : ''

/** Empty for what headOf prints; undefined if iptables cannot say it. */
const partText = (part: Part): string | undefined =>
  matchText(part) ?? statementText(part) ?? outcomeText(part)

const matchText = (part: Part): string | undefined => {
  switch (part.kind) {
    case 'address':
    case 'interface':
    case 'protocol':
      return ''
    case 'port':
      return `-m ${part.protocol}${part.port === undefined ? '' : ` --dport ${part.port}`}`
    case 'mark':
      return `-m mark ${not(part)}--mark ${markText(part)}`
    case 'state':
      return `-m conntrack ${not(part)}--ctstate ${statesText(part.states)}`
    case 'isLocal':
      return `-m addrtype ${not(part)}--${part.side === 'source' ? 'src' : 'dst'}-type LOCAL`
    case 'bridged':
      return `-m physdev ${not(part)}--physdev-is-in`
    case 'virtualServer':
      return `-m ipvs --vproto ${PROTOCOL_NUMBERS[part.protocol]} --vaddr ${formatIp(part.ip)} --vport ${part.port}`
    case 'probability':
      return `-m statistic --mode random --probability ${part.probability}`
    case 'recent':
      return `-m recent --rcheck --seconds ${part.seconds} --reap --name ${part.list} ${PER_SOURCE}`
    case 'lookup':
      return lookupText(part)
    default:
      return undefined
  }
}

const PROTOCOL_NUMBERS = { icmp: 1, tcp: 6, udp: 17, sctp: 132 } as const

const PER_SOURCE = '--mask 255.255.255.255 --rsource'

const statementText = (part: Part): string | undefined => {
  switch (part.kind) {
    case 'comment':
      return `-m comment --comment ${quoted(part.text)}`
    case 'account':
      // two blanks: the extension prints one, and the function that quotes prints another
      return `-m nfacct --nfacct-name  ${quoted(part.name)}`
    case 'remember':
      return `-m recent --set --name ${part.list} ${PER_SOURCE}`
    case 'setMark':
      return `-j MARK --set-xmark ${hex(part.value)}/${hex(part.mask)}`
    default:
      return undefined
  }
}

const outcomeText = (part: Part): string | undefined => {
  switch (part.kind) {
    case 'verdict':
      return verdictText(part.verdict)
    case 'dnat': {
      const { ip, port } = part.to
      const address = ip.version === 6 && port !== undefined ? `[${formatIp(ip)}]` : formatIp(ip)
      return `-j DNAT --to-destination ${address}${port === undefined ? '' : `:${port}`}`
    }
    case 'masquerade':
      return `-j MASQUERADE${part.isRandom ? ' --random-fully' : ''}`
    default:
      return undefined
  }
}

const verdictText = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'jump':
      return `-j ${verdict.chain}`
    case 'goto':
      return `-g ${verdict.chain}`
    case 'reject':
      return `-j REJECT --reject-with ${verdict.with ?? 'icmp-port-unreachable'}`
    default:
      return `-j ${verdict.kind.toUpperCase()}`
  }
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`

const markText = ({ value, mask }: Of<'mark'>): string =>
  mask >>> 0 === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`

/** iptables' own order, whatever was asked for. */
const STATES: readonly ConnectionState[] = [
  'invalid',
  'new',
  'related',
  'established',
  'untracked',
  'snat',
  'dnat',
]

const statesText = (states: readonly ConnectionState[]): string =>
  STATES.filter((state) => states.includes(state))
    .map((state) => state.toUpperCase())
    .join(',')

/** A set of iptables knows directions only: a port's direction brings its protocol along. */
const lookupText = (part: Of<'lookup'>): string | undefined => {
  const directions: string[] = []
  for (const [at, field] of part.fields.entries()) {
    if (field === 'ip saddr') directions.push('src')
    else if (field === 'ip daddr' || field === 'th dport') directions.push('dst')
    else if (part.fields[at + 1] !== 'th dport') return undefined
  }
  return `-m set ${not(part)}--match-set ${part.set} ${directions.join(',')}`
}

const PLAIN = /^[-_0-9a-zA-Z]+$/

/** In quotes if anything but letters, digits, `-` and `_` is in it. */
const quoted = (text: string): string =>
  PLAIN.test(text) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`
