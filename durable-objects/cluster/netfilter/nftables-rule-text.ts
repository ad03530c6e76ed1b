// Prints rules as `nft list` does (nftables 1.0.6).
// nft has no words for what only iptables' extensions do; it names the extension then, as it does for tables of iptables.
import { formatIp, type Ip } from '#net/ip.ts'
import { intervalTexts, networkText } from './intervals.ts'
import type { ConnectionState } from './packet.ts'
import type { Part, Rule, Side, Verdict } from './rule.ts'

type Of<Kind extends Part['kind']> = Extract<Part, { readonly kind: Kind }>

/** One of the things that a rule chooses from by chance. */
type Choice = Of<'spreadVerdicts'>['verdicts'][number] | Of<'spreadDnat'>['to'][number]

/** One rule as it stands in its chain; the comment comes last wherever it stands among the parts. */
export const nftRule = (rule: Rule): string => ruleText(rule, allOf)

/** The same for a reader who wants to know what was chosen: of many choices that one and those beside it. */
export const nftRuleAbout = (rule: Rule, chosen: unknown): string =>
  ruleText(rule, (choices, textOf) =>
    choices.length > MOST_CHOICES ? around(choices, textOf, chosen) : allOf(choices, textOf),
  )

const ruleText = ({ parts }: Rule, shown: Shown): string => {
  const texts: string[] = []
  let comment = ''
  for (const [at, part] of parts.entries()) {
    if (part.kind === 'comment') comment = `comment "${part.text}"`
    else texts.push(partText(part, parts[at - 1], shown))
  }
  if (comment !== '') texts.push(comment)
  return texts.join(' ')
}

const MOST_CHOICES = 16

/** Which of the choices are printed, each behind its number. */
type Shown = <C extends Choice>(choices: readonly C[], textOf: (choice: C) => string) => string

const allOf: Shown = (choices, textOf) =>
  choices.map((choice, at) => `${at} : ${textOf(choice)}`).join(', ')

const around = <C extends Choice>(
  choices: readonly C[],
  textOf: (choice: C) => string,
  chosen: unknown,
): string => {
  const at = Math.max(0, choices.indexOf(chosen as C))
  const from = Math.max(0, at - 1)
  const end = Math.min(choices.length, at + 2)
  const texts = choices
    .slice(from, end)
    .map((choice, index) => `${from + index} : ${textOf(choice)}`)
  return [...(from > 0 ? ['…'] : []), ...texts, ...(end < choices.length ? ['…'] : [])].join(', ')
}

export const nftVerdict = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return `${verdict.kind} ${verdict.chain}`
    case 'reject':
      return rejectText(verdict.with)
    default:
      return verdict.kind
  }
}

/** iptables' `icmp-host-prohibited` and `tcp-reset` in nft's words. */
const rejectText = (reason: string | undefined): string =>
  reason === undefined || reason === 'icmp-port-unreachable'
    ? 'reject'
    : `reject with ${reason.replace('-', ' ')}`

const partText = (part: Part, before: Part | undefined, shown: Shown): string => {
  switch (part.kind) {
    case 'address':
    case 'addresses':
      return addressText(part)
    case 'interface':
      return `iifname ${not(part)}"${part.name}${part.isPrefix === true ? '*' : ''}"`
    case 'protocol':
      return `meta l4proto ${part.protocol}`
    case 'port':
      return portText(part, before)
    case 'mark':
      return markText(part)
    case 'state':
      return stateText(part)
    case 'isLocal':
      return `fib ${side(part.side)} type ${not(part)}local`
    case 'bridged':
      return 'xt match "physdev"'
    case 'virtualServer':
      return 'xt match "ipvs"'
    case 'lookup':
      return `${part.fields.join(' . ')} ${not(part)}@${part.set}`
    case 'probability':
      return 'xt match "statistic"'
    case 'recent':
    case 'remember':
      return 'xt match "recent"'
    case 'comment':
      return `comment "${part.text}"`
    case 'account':
      return `counter name "${part.name}"`
    case 'setMark':
      return `meta mark set ${setMarkText(part)}`
    case 'update':
      return `update @${part.set} { ${part.fields.join(' . ')} }`
    default:
      return outcomeText(part, shown)
  }
}

const outcomeText = (
  part: Of<'verdict' | 'dnat' | 'masquerade' | 'vmap' | 'spreadVerdicts' | 'spreadDnat'>,
  shown: Shown,
): string => {
  switch (part.kind) {
    case 'verdict':
      return nftVerdict(part.verdict)
    case 'dnat':
      return `dnat to ${targetText(part.to)}`
    case 'masquerade':
      return part.isRandom ? 'masquerade fully-random' : 'masquerade'
    case 'vmap':
      return `${part.fields.join(' . ')} vmap @${part.map}`
    case 'spreadVerdicts':
      return `${numgen(part.verdicts)} vmap { ${shown(part.verdicts, nftVerdict)} }`
    case 'spreadDnat':
      return `dnat ${familyOf(part.to[0]?.ip)} to ${numgen(part.to)} map { ${shown(part.to, endpointText)} }`
  }
}

const numgen = ({ length }: readonly Choice[]): string => `numgen random mod ${length}`

const endpointText = ({ ip, port }: Of<'spreadDnat'>['to'][number]): string =>
  `${formatIp(ip)} . ${port}`

const targetText = ({ ip, port }: Of<'dnat'>['to']): string => {
  if (port === undefined) return formatIp(ip)
  return ip.version === 6 ? `[${formatIp(ip)}]:${port}` : `${formatIp(ip)}:${port}`
}

const not = ({ isNegated }: { readonly isNegated?: boolean }): string =>
  isNegated === true ? '!= ' : ''

const side = (of: Side): string => (of === 'source' ? 'saddr' : 'daddr')

const familyOf = (ip: Ip | undefined): string => (ip?.version === 6 ? 'ip6' : 'ip')

const addressText = (part: Of<'address' | 'addresses'>): string => {
  const cidrs = part.kind === 'address' ? [part.cidr] : part.cidrs
  const [first, ...more] = cidrs
  // nft makes a comparison of a set that was given one element, and leaves a set that merging brought down to one
  const text =
    first !== undefined && more.length === 0
      ? networkText(first)
      : `{ ${intervalTexts(cidrs).join(', ')} }`
  return `${familyOf(first?.network)} ${side(part.side)} ${not(part)}${text}`
}

/** `th dport` says nothing about the protocol: it needs the match before it. */
const portText = ({ protocol, port }: Of<'port'>, before: Part | undefined): string => {
  const isSaid = before?.kind === 'protocol' && before.protocol === protocol
  if (port === undefined) return `meta l4proto ${protocol}`
  return `${isSaid ? 'th' : protocol} dport ${port}`
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`

const markText = ({ value, mask, isNegated }: Of<'mark'>): string => {
  if (mask >>> 0 === 0xffffffff) return `meta mark ${isNegated === true ? '!= ' : ''}${hex(value)}`
  return `meta mark & ${hex(mask)} ${isNegated === true ? '!=' : '=='} ${hex(value)}`
}

const setMarkText = ({ how, value, mask }: Of<'setMark'>): string => {
  if (how === 'or' || (value === mask && mask >>> 0 !== 0xffffffff))
    return `meta mark | ${hex(value)}`
  if (how === 'xor' || mask === 0) return `meta mark ^ ${hex(value)}`
  if (mask >>> 0 === 0xffffffff) return hex(value)
  return `meta mark & ${hex(~mask)}${value === 0 ? '' : ` ^ ${hex(value)}`}`
}

/** By their bits in the kernel, which is the order that nft prints. */
const STATES: readonly ConnectionState[] = ['invalid', 'established', 'related', 'new', 'untracked']
const STATUSES: readonly ConnectionState[] = ['snat', 'dnat']

/** iptables counts `snat` and `dnat` among the states, nft asks for them apart; any of both kinds in one rule nft cannot ask for. */
const stateText = ({ states, isNegated }: Of<'state'>): string => {
  const named = STATES.filter((state) => states.includes(state))
  const statuses = STATUSES.filter((state) => states.includes(state))
  if (named.length > 0 && statuses.length > 0) return 'xt match "conntrack"'
  if (statuses.length > 0) return `ct status ${isNegated === true ? '! ' : ''}${statuses.join(',')}`
  if (isNegated !== true) return `ct state ${named.join(',')}`
  return `ct state != ${named.length > 1 ? `{ ${named.join(', ')} }` : named.join('')}`
}
