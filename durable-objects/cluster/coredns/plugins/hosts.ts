// coredns: plugin/hosts
import { argumentError, type Directive, lineError, wholeNumber } from '#coredns/corefile-syntax.ts'
import type { PluginAnswer } from '#coredns/plugins/plugin.ts'
import { fallthroughZones, zoneNames } from '#coredns/zone-names.ts'
import {
  absolute,
  addressOfReverse,
  type DnsRecord,
  emptyMessage,
  nearestZone,
  type Question,
} from '#net/dns-message.ts'
import { formatIp, parseIp } from '#net/ip.ts'

export interface HostsPlugin {
  readonly zones: readonly string[]
  readonly entries: readonly { readonly address: string; readonly names: readonly string[] }[]
  readonly ttl: number
  /** To which names `fallthrough` applies. */
  readonly fallthrough: readonly string[]
  readonly hasReverse: boolean
}

const DEFAULT_TTL = 3600

/** `hosts [FILE [ZONES…]] { ADDRESS NAME…; ttl …; no_reverse; reload …; fallthrough … }`. The container has no such files. */
export const hostsPlugin = (
  { args, block = [] }: Directive,
  serverZones: readonly string[],
): HostsPlugin => {
  const zones = args.length > 1 ? args.slice(1).flatMap(zoneNames) : serverZones
  const start = { zones, entries: [], ttl: DEFAULT_TTL, fallthrough: [], hasReverse: true }
  return block.reduce(withLine, start)
}

const withLine = (plugin: HostsPlugin, line: Directive): HostsPlugin => {
  const { name, args } = line
  switch (name) {
    case 'fallthrough':
      return { ...plugin, fallthrough: fallthroughZones(args) }
    case 'no_reverse':
      return { ...plugin, hasReverse: false }
    case 'ttl':
      return { ...plugin, ttl: ttlOf(line) }
    case 'reload':
      if (args.length !== 1)
        throw lineError('hosts', line, 'reload needs a duration (zero seconds to disable)')
      return plugin
    default:
  }
  const ip = parseIp(name)
  if (ip === undefined || args.length === 0) throw argumentError('hosts', line)
  const names = args.map((word) => absolute(word.toLowerCase()))
  return { ...plugin, entries: [...plugin.entries, { address: formatIp(ip), names }] }
}

const ttlOf = (line: Directive): number => {
  if (line.args.length !== 1) throw lineError('hosts', line, 'ttl needs a time in second')
  const ttl = wholeNumber('hosts', line.args[0]!)
  if (ttl <= 0 || ttl > 65_535) throw lineError('hosts', line, 'ttl provided is invalid')
  return ttl
}

export const answerFromHosts = (plugin: HostsPlugin, question: Question): PluginAnswer => {
  const name = question.name.toLowerCase()
  if (question.type === 'PTR') {
    const answer = plugin.hasReverse ? reverseRecords(plugin, question) : []
    return answer.length === 0 ? 'next' : found(question, answer)
  }
  if (nearestZone(name, plugin.zones) === undefined) return 'next'
  const named = plugin.entries.filter(({ names }) => names.includes(name))
  const answer = named.flatMap(({ address }): readonly DnsRecord[] => {
    const type = address.includes(':') ? 'AAAA' : 'A'
    return type === question.type ? [{ name: question.name, ttl: plugin.ttl, type, address }] : []
  })
  if (named.length > 0) return found(question, answer)
  if (nearestZone(name, plugin.fallthrough) !== undefined) return 'next'
  // A hosts file has no SOA for an NXDOMAIN, so upstream answers with a failure.
  return emptyMessage(question, 'SERVFAIL')
}

const found = (question: Question, answer: readonly DnsRecord[]): PluginAnswer => ({
  ...emptyMessage(question, 'NOERROR'),
  isAuthoritative: true,
  answer,
})

const reverseRecords = (
  { entries, ttl }: HostsPlugin,
  { name }: Question,
): readonly DnsRecord[] => {
  const wanted = parseIp(addressOfReverse(name) ?? '')
  if (wanted === undefined) return []
  const address = formatIp(wanted)
  return entries
    .filter((entry) => entry.address === address)
    .flatMap(({ names }) => names.map((target) => ({ name, ttl, type: 'PTR' as const, target })))
}
