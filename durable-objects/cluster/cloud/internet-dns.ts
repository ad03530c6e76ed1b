// What the name servers of the internet answer: those of the nodes' network, and public ones.
import { append } from '#apimachinery/append.ts'
import { type InternetName, INTERNET_NAMES } from '#cloud/internet-records.ts'
import {
  absolute,
  addressOfReverse,
  type AuthorityRecord,
  type DnsMessage,
  type DnsRecord,
  emptyMessage,
  nameProblem,
  type Question,
} from '#net/dns-message.ts'
import { formatIp, parseIp } from '#net/ip.ts'

/** All names, and what is asked of all of them at once. */
export interface InternetNames {
  readonly entries: ReadonlyMap<string, InternetName>
  /** `org` has no records, but there are names below it. */
  readonly parents: ReadonlySet<string>
  /** The first name that has an address. */
  readonly owners: ReadonlyMap<string, string>
}

export const internetNames = (entries: ReadonlyMap<string, InternetName>): InternetNames => {
  const parents = new Set([''])
  const owners = new Map<string, string>()
  for (const [name, { addresses = [] }] of entries) {
    let dot = name.indexOf('.')
    for (; dot >= 0; dot = name.indexOf('.', dot + 1)) parents.add(name.slice(dot + 1))
    for (const address of addresses) if (!owners.has(address)) owners.set(address, name)
  }
  return { entries, parents, owners }
}

export const BUILT_IN_NAMES = internetNames(new Map(Object.entries(INTERNET_NAMES)))

const DEFAULT_TTL = 300
const MAX_ALIASES = 8

/** The root's own word that there is no such name. */
const ROOT: AuthorityRecord = {
  name: '.',
  type: 'SOA',
  ttl: 86_400,
  server: 'a.root-servers.net.',
  mailbox: 'nstld.verisign-grs.com.',
  serial: 2_026_010_100,
  refresh: 1800,
  retry: 900,
  expire: 604_800,
  minimum: 86_400,
}

/** A recursive name server's answer. */
export const internetAnswer = (
  question: Question,
  names: InternetNames = BUILT_IN_NAMES,
): DnsMessage => {
  if (nameProblem(question.name) !== undefined) return emptyMessage(question, 'FORMERR')
  if (question.type === 'AXFR' || question.type === 'IXFR') return emptyMessage(question, 'REFUSED')
  const answer: DnsRecord[] = []
  let name = question.name
  for (let followed = 0; ; followed++) {
    const entry = names.entries.get(relative(name))
    if (entry?.alias === undefined || question.type === 'CNAME') {
      append(answer, recordsOf(name, entry, question, names))
      return finished(question, answer, entry !== undefined || names.parents.has(relative(name)))
    }
    if (followed >= MAX_ALIASES) return emptyMessage(question, 'SERVFAIL')
    const target = absolute(entry.alias)
    answer.push({ name, ttl: entry.ttl ?? DEFAULT_TTL, type: 'CNAME', target })
    name = target
  }
}

const relative = (name: string): string => name.slice(0, -1).toLowerCase()

const finished = (
  question: Question,
  answer: readonly DnsRecord[],
  exists: boolean,
): DnsMessage => {
  const isFound = answer.length > 0 && answer.at(-1)!.type !== 'CNAME'
  const isAlias = question.type === 'CNAME' && answer.length > 0
  return {
    ...emptyMessage(question, exists || isFound ? 'NOERROR' : 'NXDOMAIN'),
    answer,
    authority: isFound || isAlias ? [] : [ROOT],
  }
}

const recordsOf = (
  name: string,
  entry: InternetName | undefined,
  { type }: Question,
  names: InternetNames,
): readonly DnsRecord[] => {
  const ttl = entry?.ttl ?? DEFAULT_TTL
  const { addresses = [], alias, mail = [], texts = [] } = entry ?? {}
  switch (type) {
    case 'A':
    case 'AAAA':
      return addresses
        .filter((address) => address.includes(':') === (type === 'AAAA'))
        .map((address) => ({ name, ttl, type, address }))
    case 'CNAME':
      return alias === undefined ? [] : [{ name, ttl, type, target: absolute(alias) }]
    case 'MX':
      return mail.map(({ preference, server }) => ({
        name,
        ttl,
        type,
        preference,
        target: absolute(server),
      }))
    case 'TXT':
      return texts.map((text) => ({ name, ttl, type, text }))
    case 'PTR': {
      const ip = parseIp(addressOfReverse(name) ?? '')
      const owner = ip === undefined ? undefined : names.owners.get(formatIp(ip))
      return owner === undefined ? [] : [{ name, ttl, type, target: absolute(owner) }]
    }
    default:
      return []
  }
}
