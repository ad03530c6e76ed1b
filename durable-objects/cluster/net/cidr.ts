import { addToIp, formatIp, parseIpSloppy, type Ip } from '#net/ip.ts'

/** A network: `10.96.0.0/12`. */
export interface Cidr {
  /** The first address: all bits behind the prefix are zero. */
  readonly network: Ip
  readonly prefix: number
}

export interface ParsedCidr {
  readonly cidr: Cidr
  /** The address as written, which may have bits behind the prefix. */
  readonly ip: Ip
  readonly isMapped: boolean
  /** In the address or in the prefix length. */
  readonly hasLeadingZeros: boolean
}

/** As Go's net.ParseCIDR was before 1.17. kubernetes: k8s.io/utils/net ParseCIDRSloppy */
export const parseCidrSloppy = (text: string): ParsedCidr | undefined => {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const parsed = parseIpSloppy(text.slice(0, slash))
  const length = text.slice(slash + 1)
  if (parsed === undefined || !/^\d{1,8}$/.test(length)) return undefined
  const written = Number(length)
  // A mapped address counts its prefix in 128 bits.
  if (written > (parsed.ip.version === 4 && !parsed.isMapped ? 32 : 128)) return undefined
  const prefix = parsed.isMapped ? Math.max(0, written - 96) : written
  return {
    cidr: { network: masked(parsed.ip, prefix), prefix },
    ip: parsed.ip,
    isMapped: parsed.isMapped,
    hasLeadingZeros: parsed.hasLeadingZeros || (length.length > 1 && length.startsWith('0')),
  }
}

/** A network in the form that every program reads alike, without bits behind the prefix. */
export const parseCidr = (text: string): Cidr | undefined => {
  const parsed = parseCidrSloppy(text)
  if (parsed === undefined || parsed.isMapped || parsed.hasLeadingZeros) return undefined
  return parsed.cidr.network.value === parsed.ip.value ? parsed.cidr : undefined
}

export const formatCidr = ({ network, prefix }: Cidr): string => `${formatIp(network)}/${prefix}`

const masked = (ip: Ip, prefix: number): Ip => {
  if (ip.version === 4) {
    const size = 2 ** (32 - prefix)
    return { version: 4, value: Math.floor(ip.value / size) * size }
  }
  const bits = BigInt(128 - prefix)
  return { version: 6, value: (ip.value >> bits) << bits }
}

export const cidrContains = (cidr: Cidr, ip: Ip): boolean =>
  ip.version === cidr.network.version && masked(ip, cidr.prefix).value === cidr.network.value

/** True if `inner` is the same network or a part of it. */
export const cidrCovers = (outer: Cidr, inner: Cidr): boolean =>
  outer.prefix <= inner.prefix && cidrContains(outer, inner.network)

/** How many addresses there are, the first and the last included; at most 2^53-1. */
export const cidrSize = ({ network, prefix }: Cidr): number =>
  Math.min(2 ** ((network.version === 4 ? 32 : 128) - prefix), Number.MAX_SAFE_INTEGER)

/** The address at a position; 0 is the network's own. */
export const nthAddress = (cidr: Cidr, position: number | bigint): Ip =>
  addToIp(cidr.network, position)

/** The broadcast address of an IPv4 network. */
export const lastAddress = (cidr: Cidr): Ip =>
  cidr.network.version === 4
    ? addToIp(cidr.network, 2 ** (32 - cidr.prefix) - 1)
    : addToIp(cidr.network, (1n << BigInt(128 - cidr.prefix)) - 1n)

/** All addresses in order, the first and the last included. */
export function* addressesOf(cidr: Cidr): Generator<Ip, void> {
  const size = cidrSize(cidr)
  for (let position = 0; position < size; position++) yield nthAddress(cidr, position)
}
