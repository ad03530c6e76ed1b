// The cluster's zone. coredns: plugin/kubernetes/handler.go, plugin/backend_lookup.go
import { append } from '#apimachinery/append.ts'
import type { KubernetesPlugin } from '#coredns/plugins/kubernetes-config.ts'
import { nameParts, relativeTo } from '#coredns/plugins/kubernetes-names.ts'
import {
  type Found,
  type Lookup,
  lookUp,
  namesOfAddress,
  ownServices,
} from '#coredns/plugins/kubernetes-objects.ts'
import type { PluginAnswer, PluginContext } from '#coredns/plugins/plugin.ts'
import {
  absolute,
  addressOfReverse,
  type AuthorityRecord,
  type DnsRecord,
  emptyMessage,
  isInZone,
  type NameRecord,
  nearestZone,
  type Question,
} from '#net/dns-message.ts'
import { formatIp, parseIp } from '#net/ip.ts'

/** All that answering one question needs. */
interface Query extends PluginContext {
  readonly plugin: KubernetesPlugin
  /** In the letters of the question. */
  readonly zone: string
}

interface Records {
  readonly answer: readonly DnsRecord[]
  readonly additional?: readonly DnsRecord[]
}

/** How many aliases may follow each other. */
const MAX_ALIASES = 8
const VERSION = '1.1.0'
const VERSION_TTL = 28_800

export const answerFromKubernetes = (
  plugin: KubernetesPlugin,
  question: Question,
  context: PluginContext,
): PluginAnswer => {
  const { name, type } = question
  const known = nearestZone(name, plugin.zones)
  if (known === undefined) return 'next'
  if (type === 'AXFR' || type === 'IXFR') return emptyMessage(question, 'REFUSED')
  const query = { ...context, plugin, zone: name.slice(name.length - known.length) }
  const records = recordsFor(query, question)
  if (records === undefined) {
    if (nearestZone(name, plugin.fallthrough) !== undefined) return 'next'
    return negative(query, question, 'NXDOMAIN')
  }
  if (records.answer.length === 0) return negative(query, question, 'NOERROR')
  return {
    ...emptyMessage(question, 'NOERROR'),
    isAuthoritative: true,
    answer: records.answer,
    additional: records.additional ?? [],
  }
}

/** NODATA is NOERROR without an answer: the name exists, but not with this type. */
const negative = (
  query: Query,
  question: Question,
  rcode: 'NXDOMAIN' | 'NOERROR',
): PluginAnswer => ({
  ...emptyMessage(question, rcode),
  isAuthoritative: true,
  authority: [authorityRecord(query)],
})

const authorityRecord = ({ client, plugin, zone }: Query): AuthorityRecord => ({
  name: zone,
  type: 'SOA',
  ttl: Math.min(plugin.ttl, 300),
  server: `ns.dns.${zone}`,
  mailbox: `hostmaster.${zone}`,
  serial: Math.floor(client.now() / 1000),
  refresh: 7200,
  retry: 1800,
  expire: 86_400,
  minimum: plugin.ttl,
})

/** undefined: there is no such name. */
const recordsFor = (query: Query, question: Question): Records | undefined => {
  const { name, type } = question
  const isApex = name.length === query.zone.length
  switch (type) {
    case 'A':
    case 'AAAA':
      return only(addressRecords(query, question, type, []))
    case 'CNAME':
      return only(aliasRecord(query, question))
    case 'SRV':
      return serviceRecords(query, question)
    case 'PTR':
      return only(reverseRecords(query, question))
    case 'TXT':
      return { answer: versionRecord(query, name) }
    case 'SOA':
      return { answer: isApex ? [authorityRecord(query)] : [] }
    case 'NS':
      if (isApex) return nameServers(query, name)
      break
    default:
  }
  // Nothing of this type is known: an address is looked for, to tell whether the name exists.
  return addressRecords(query, question, 'A', []) && { answer: [] }
}

const only = (answer: readonly DnsRecord[] | undefined): Records | undefined => answer && { answer }

const foundFor = (query: Query, name: string): Lookup => {
  const { client, plugin, zone } = query
  const relative = relativeTo(name, zone).toLowerCase()
  if (isInZone(zone, 'arpa.') && relative !== '') return undefined
  return lookUp(client, plugin, nameParts(relative))
}

const isNameServer = ({ zone }: Query, name: string): boolean =>
  relativeTo(name, zone).toLowerCase() === 'ns.dns'

const addressRecords = (
  query: Query,
  { name }: Pick<Question, 'name'>,
  type: 'A' | 'AAAA',
  before: readonly NameRecord[],
): readonly DnsRecord[] | undefined => {
  const { plugin } = query
  const found = isNameServer(query, name)
    ? serverAddresses(query).map(({ host }) => ({ host }))
    : foundFor(query, name)
  if (found === undefined) return undefined
  const records: DnsRecord[] = []
  const seen = new Set<string>()
  for (const { host } of found) {
    const ip = parseIp(host)
    if (ip === undefined) {
      append(records, followed(query, { name, host, type }, before))
      continue
    }
    const address = formatIp(ip)
    const isAsked = (ip.version === 4) === (type === 'A')
    if (!isAsked || seen.has(address)) continue
    seen.add(address)
    records.push({ name, ttl: plugin.ttl, type, address })
  }
  return records
}

/** An alias and what it leads to. What leads to nothing, or in a circle, is left out. */
const followed = (
  query: Query,
  {
    name,
    host,
    type,
  }: { readonly name: string; readonly host: string; readonly type: 'A' | 'AAAA' },
  before: readonly NameRecord[],
): readonly DnsRecord[] => {
  const target = absolute(host)
  const alias: NameRecord = { name, ttl: query.plugin.ttl, type: 'CNAME', target }
  const isCircle =
    name.toLowerCase() === target.toLowerCase() || before.some((other) => other.target === target)
  if (isCircle || before.length >= MAX_ALIASES) return []
  if (isInZone(target, query.zone)) {
    const records = addressRecords(query, { name: target }, type, [...before, alias]) ?? []
    return records.length === 0 ? [] : [alias, ...records]
  }
  return [alias, ...query.lookUp({ name: target, type }).answer]
}

const aliasRecord = (query: Query, { name }: Question): readonly DnsRecord[] | undefined => {
  const found = foundFor(query, name)
  if (found === undefined) return undefined
  const host = found[0]?.host ?? ''
  if (host === '' || parseIp(host) !== undefined) return []
  return [{ name, ttl: query.plugin.ttl, type: 'CNAME', target: absolute(host) }]
}

const serviceRecords = (query: Query, { name }: Question): Records | undefined => {
  const { plugin, zone } = query
  if (isNameServer(query, name)) return { answer: [] }
  // Upstream answers nothing for Services of other places.
  const found = foundFor(query, name)?.filter(({ host }) => parseIp(host) !== undefined)
  if (found === undefined) return undefined
  // All that are found share the weight 100, those without ports too.
  const weight = Math.max(1, Math.floor(100 / found.length))
  const answer = new Map<string, DnsRecord>()
  const additional = new Map<string, DnsRecord>()
  for (const one of found) {
    if (one.port === -1) continue
    const target = `${one.owner}.${zone}`
    const key = `${target} ${one.port}`
    if (!answer.has(key))
      answer.set(key, {
        name,
        ttl: plugin.ttl,
        type: 'SRV',
        priority: 0,
        weight,
        port: one.port,
        target,
      })
    additional.set(`${target} ${one.host}`, addressRecord(one, query))
  }
  return { answer: [...answer.values()], additional: [...additional.values()] }
}

const addressRecord = ({ host, owner }: Found, { plugin, zone }: Query): DnsRecord => ({
  name: `${owner}.${zone}`,
  ttl: plugin.ttl,
  type: host.includes(':') ? 'AAAA' : 'A',
  address: host,
})

const reverseRecords = (query: Query, { name }: Question): readonly DnsRecord[] | undefined => {
  const { client, plugin } = query
  const ip = parseIp(addressOfReverse(name) ?? '')
  if (ip === undefined) return foundFor(query, name) && []
  const names = namesOfAddress(client, plugin, formatIp(ip))
  if (names.length === 0) return undefined
  return [...new Set(names)].map((found) => ({
    name,
    ttl: plugin.ttl,
    type: 'PTR',
    target: `${found}.${plugin.primaryZone}`,
  }))
}

const versionRecord = (query: Query, name: string): readonly DnsRecord[] =>
  relativeTo(name, query.zone).toLowerCase() === 'dns-version'
    ? [{ name, ttl: VERSION_TTL, type: 'TXT', text: VERSION }]
    : []

/** The Services that lead to this server, or its own addresses if there are none. */
const serverAddresses = ({ client, plugin, serverIPs }: Query): readonly Found[] => {
  const services = ownServices(client, plugin, serverIPs)
  if (services.length > 0) return services
  return serverIPs.map((host) => ({ host, port: 0, owner: 'ns.dns' }))
}

const nameServers = (query: Query, name: string): Records => {
  const servers = serverAddresses(query)
  const targets = new Set(servers.map(({ owner }) => `${owner}.${query.zone}`))
  return {
    answer: [...targets].map((target) => ({ name, ttl: query.plugin.ttl, type: 'NS', target })),
    additional: servers.map((server) => addressRecord(server, query)),
  }
}
