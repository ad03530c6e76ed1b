// IP addresses. IPv4 is a number everywhere, since all that is fast is IPv4; IPv6 is a bigint.

export type IpVersion = 4 | 6

/** The bits of an address: a number from 0 to 2^32-1 for IPv4, a bigint for IPv6. */
export type Ip =
  | { readonly version: 4; readonly value: number }
  | { readonly version: 6; readonly value: bigint }

/** An address and how its text was written. */
export interface ParsedIp {
  /** `::ffff:10.0.0.1` is the IPv4 address 10.0.0.1, as Go's net.IP has it. */
  readonly ip: Ip
  /** It was written as `::ffff:10.0.0.1`. */
  readonly isMapped: boolean
  /** `010.1.2.3`: other software would read octal. */
  readonly hasLeadingZeros: boolean
}

const OCTET = /^\d{1,8}$/
const GROUP = /^[0-9a-fA-F]{1,8}$/

/** Dotted decimal as a number. Leading zeros are skipped, as Go did before 1.17. */
const parseOctets = (
  text: string,
): { readonly value: number; readonly hasLeadingZeros: boolean } | undefined => {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  let value = 0
  let hasLeadingZeros = false
  for (const octet of octets) {
    if (!OCTET.test(octet)) return undefined
    const number = Number(octet)
    if (number > 255) return undefined
    if (octet.length > 1 && octet.startsWith('0')) hasLeadingZeros = true
    value = value * 256 + number
  }
  return { value, hasLeadingZeros }
}

/** The strict form: no leading zeros. The fast way for addresses that the system made itself. */
export const parseIpv4 = (text: string): number | undefined => {
  const parsed = parseOctets(text)
  return parsed === undefined || parsed.hasLeadingZeros ? undefined : parsed.value
}

export const formatIpv4 = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`

const MAPPED = 0xffffn

/** As Go's net.ParseIP was before 1.17. kubernetes: k8s.io/utils/net ParseIPSloppy */
export const parseIpSloppy = (text: string): ParsedIp | undefined => {
  if (!text.includes(':')) {
    const parsed = parseOctets(text)
    if (parsed === undefined) return undefined
    const { value, hasLeadingZeros } = parsed
    return { ip: { version: 4, value }, isMapped: false, hasLeadingZeros }
  }
  const parsed = parseGroups(text)
  if (parsed === undefined) return undefined
  const { value, hasLeadingZeros } = parsed
  if (value >> 32n === MAPPED) {
    const ip = { version: 4, value: Number(value & 0xffffffffn) } as const
    return { ip, isMapped: true, hasLeadingZeros }
  }
  return { ip: { version: 6, value }, isMapped: false, hasLeadingZeros }
}

const parseGroups = (
  text: string,
): { readonly value: bigint; readonly hasLeadingZeros: boolean } | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  let hasLeadingZeros = false
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)!
  const tail = last.at(-1)
  if (tail?.includes('.') === true) {
    const octets = parseOctets(tail)
    if (octets === undefined) return undefined
    hasLeadingZeros = octets.hasLeadingZeros
    last.splice(-1, 1, (octets.value >>> 16).toString(16), (octets.value & 0xffff).toString(16))
  }
  const count = groups.reduce((sum, half) => sum + half.length, 0)
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined
  const [head = [], rest = []] = groups
  const all = [...head, ...Array<string>(8 - count).fill('0'), ...rest]
  let value = 0n
  for (const group of all) {
    if (!GROUP.test(group) || parseInt(group, 16) > 0xffff) return undefined
    value = (value << 16n) | BigInt(parseInt(group, 16))
  }
  return { value, hasLeadingZeros }
}

/** An address in a form that every program reads alike; undefined for anything else. kubernetes: netip.ParseAddr, no zones */
export const parseIp = (text: string): Ip | undefined => {
  const parsed = parseIpSloppy(text)
  return parsed === undefined || parsed.isMapped || parsed.hasLeadingZeros ? undefined : parsed.ip
}

/** RFC 5952 for IPv6: lower case, the longest run of zeros as `::`. */
export const formatIp = (ip: Ip): string =>
  ip.version === 4 ? formatIpv4(ip.value) : formatIpv6(ip.value)

const formatIpv6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - index * 16)) & 0xffffn),
  )
  let start = -1
  let length = 1
  for (let from = 0; from < 8; from++) {
    let to = from
    while (to < 8 && groups[to] === 0) to++
    if (to - from > length) {
      start = from
      length = to - from
    }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (start < 0) return hex(groups)
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

export const sameIp = (a: Ip, b: Ip): boolean => a.version === b.version && a.value === b.value

/** The address `offset` further on. Does not check for the end of the address space. */
export const addToIp = (ip: Ip, offset: number | bigint): Ip =>
  ip.version === 4
    ? { version: 4, value: ip.value + Number(offset) }
    : { version: 6, value: ip.value + BigInt(offset) }

export const isUnspecified = (ip: Ip): boolean => BigInt(ip.value) === 0n

export const isLoopback = (ip: Ip): boolean =>
  ip.version === 4 ? ip.value >>> 24 === 127 : ip.value === 1n

export const isLinkLocalUnicast = (ip: Ip): boolean =>
  ip.version === 4 ? ip.value >>> 16 === 0xa9fe : ip.value >> 118n === 0x3fan

export const isLinkLocalMulticast = (ip: Ip): boolean =>
  ip.version === 4
    ? ip.value >>> 8 === 0xe00000
    : ip.value >> 120n === 0xffn && ((ip.value >> 112n) & 0xfn) === 2n
