// How a Corefile names zones. coredns: plugin/normalize.go
import { absolute } from '#net/dns-message.ts'
import { parseCidr } from '#net/cidr.ts'
import { formatIp } from '#net/ip.ts'

const DNS_PORT = 53

/** The zones of a server block's key, `.:53`, and the port that it listens on. */
export const zonesOfKey = (
  key: string,
): { readonly zones: readonly string[]; readonly port: number } => {
  const [, host, port] = /^(?:\w+:\/\/)?(.*?)(?::(\d{1,5}))?$/s.exec(key)!
  return { zones: zoneNames(host!), port: port === undefined ? DNS_PORT : Number(port) }
}

/** `cluster.local` is `cluster.local.`; `10.0.0.0/8` is `10.in-addr.arpa.`. */
export const zoneNames = (text: string): readonly string[] => {
  const host = text.replace(/^\w+:\/\//, '').replace(/:\d{1,5}$/, '')
  return reverseZones(host) ?? [absolute(host.toLowerCase())]
}

/** The reverse zones of an IPv4 network: several ones if it does not end at a dot. */
const reverseZones = (text: string): readonly string[] | undefined => {
  const cidr = parseCidr(text)
  if (cidr?.network.version !== 4 || cidr.prefix === 0) return undefined
  const octets = Math.ceil(cidr.prefix / 8)
  const parts = formatIp(cidr.network).split('.').slice(0, octets)
  const count = 2 ** (octets * 8 - cidr.prefix)
  return Array.from({ length: count }, (_, index) => {
    const last = Number(parts.at(-1)) + index
    return `${[...parts.slice(0, -1), last].reverse().join('.')}.in-addr.arpa.`
  })
}

/** The zones of a `fallthrough`: all of them if none is named. */
export const fallthroughZones = (args: readonly string[]): readonly string[] =>
  args.length === 0 ? ['.'] : args.flatMap(zoneNames)
