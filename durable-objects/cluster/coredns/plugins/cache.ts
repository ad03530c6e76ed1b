// coredns: plugin/cache. What is kept and for how long; answer-cache.ts keeps it.
import {
  argumentError,
  type Directive,
  pluginError,
  wholeNumber,
} from '#coredns/corefile-syntax.ts'
import { zoneNames } from '#coredns/zone-names.ts'
import { type DnsMessage, type DnsRecord, nearestZone } from '#net/dns-message.ts'

export interface CachePlugin {
  readonly zones: readonly string[]
  /** How long answers are kept at most, in seconds. */
  readonly success: number
  readonly denial: number
  readonly noSuccess: readonly string[]
  readonly noDenial: readonly string[]
}

const DEFAULT_SUCCESS = 3600
const DEFAULT_DENIAL = 1800
/** Even what should not be kept is kept this long. */
const AT_LEAST = 5

/** `cache [TTL] [ZONES…] { success …; denial …; disable success|denial [ZONES…]; … }` */
export const cachePlugin = (directive: Directive, serverZones: readonly string[]): CachePlugin => {
  const [first = '', ...others] = directive.args
  const ttl = /^[+-]?\d+$/.test(first) ? positive(Number(first)) : undefined
  const named = ttl === undefined ? directive.args : others
  const start: CachePlugin = {
    zones: named.length > 0 ? named.flatMap(zoneNames) : serverZones,
    success: ttl ?? DEFAULT_SUCCESS,
    denial: ttl ?? DEFAULT_DENIAL,
    noSuccess: [],
    noDenial: [],
  }
  return (directive.block ?? []).reduce(withLine, start)
}

const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'prefetch',
  'serve_stale',
  'servfail',
  'keepttl',
])

const withLine = (plugin: CachePlugin, line: Directive): CachePlugin => {
  const { name, args } = line
  if (name === 'success' || name === 'denial') {
    if (args.length === 0) throw argumentError('cache', line)
    wholeNumber('cache', args[0]!)
    if (args[1] === undefined) return plugin
    return { ...plugin, [name]: positive(wholeNumber('cache', args[1])) }
  }
  if (name === 'disable') {
    const zones = args.length > 1 ? args.slice(1).flatMap(zoneNames) : plugin.zones
    if (args[0] === 'success') return { ...plugin, noSuccess: zones }
    if (args[0] === 'denial') return { ...plugin, noDenial: zones }
    throw pluginError('cache', 'cache type for disable must be "success" or "denial"')
  }
  if (!WITHOUT_EFFECT.has(name)) throw argumentError('cache', line)
  return plugin
}

const positive = (ttl: number): number => {
  if (ttl <= 0) throw pluginError('cache', `cache TTL can not be zero or negative: ${ttl}`)
  return ttl
}

/** How long the plugin keeps an answer; undefined if it does not keep such answers. */
export const secondsToKeep = (plugin: CachePlugin, message: DnsMessage): number | undefined => {
  const { name } = message.question
  if (nearestZone(name, plugin.zones) === undefined) return undefined
  if (message.rcode !== 'NOERROR' && message.rcode !== 'NXDOMAIN') return undefined
  const isDenial = message.answer.length === 0
  const exempt = isDenial ? plugin.noDenial : plugin.noSuccess
  if (nearestZone(name, exempt) !== undefined) return undefined
  const records = [...message.answer, ...message.authority, ...message.additional]
  const shortest = Math.min(...records.map(lifetime))
  const most = isDenial ? plugin.denial : plugin.success
  return Math.max(AT_LEAST, Math.min(most, shortest))
}

/** The answer as who asks gets it: all of it may be remembered for as long. */
export const withLifetime = (message: DnsMessage, ttl: number): DnsMessage => {
  const capped = (part: readonly DnsRecord[]) => part.map((record) => ({ ...record, ttl }))
  return {
    ...message,
    answer: capped(message.answer),
    authority: capped(message.authority),
    additional: capped(message.additional),
  }
}

const lifetime = (record: DnsRecord): number =>
  record.type === 'SOA' ? Math.min(record.ttl, record.minimum) : record.ttl
