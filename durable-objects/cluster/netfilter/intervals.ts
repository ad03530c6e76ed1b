// Several networks as nftables keeps them: sorted, with what overlaps or touches made one.
import type { Cidr } from '#net/cidr.ts'
import { formatIp, type Ip, type IpVersion } from '#net/ip.ts'

interface Range {
  readonly version: IpVersion
  readonly first: bigint
  readonly last: bigint
}

/** `10.0.0.0/8`, `192.168.49.2`, or `10.0.0.1-10.0.0.9` where no one network says it. */
export const intervalTexts = (cidrs: readonly Cidr[]): readonly string[] =>
  merged(cidrs.map(rangeOf)).map(rangeText)

/** A network as nftables writes it: a single address has no length. */
export const networkText = ({ network, prefix }: Cidr): string =>
  prefix === bitsOf(network.version) ? formatIp(network) : `${formatIp(network)}/${prefix}`

/** The fewest networks that make up the addresses from the first to the last; none if they are in no order. */
export const networksBetween = (first: Ip, last: Ip): readonly Cidr[] => {
  const bits = bitsOf(first.version)
  const end = BigInt(last.value) + 1n
  const networks: Cidr[] = []
  for (let at = BigInt(first.value); at < end;) {
    let host = 0
    while (host < bits && at % (2n << BigInt(host)) === 0n && at + (2n << BigInt(host)) <= end)
      host++
    networks.push({ network: ipOf(first.version, at), prefix: bits - host })
    at += 1n << BigInt(host)
  }
  return networks
}

const bitsOf = (version: IpVersion): number => (version === 4 ? 32 : 128)

const ipOf = (version: IpVersion, value: bigint): Ip =>
  version === 4 ? { version, value: Number(value) } : { version, value }

const rangeOf = ({ network, prefix }: Cidr): Range => {
  const first = BigInt(network.value)
  const size = 1n << BigInt(bitsOf(network.version) - prefix)
  return { version: network.version, first, last: first + size - 1n }
}

const merged = (ranges: readonly Range[]): readonly Range[] => {
  const result: Range[] = []
  for (const range of ranges.toSorted(inOrder)) {
    const before = result.at(-1)
    if (before?.version !== range.version || before.last + 1n < range.first) result.push(range)
    else if (before.last < range.last) result.splice(-1, 1, { ...before, last: range.last })
  }
  return result
}

const inOrder = (a: Range, b: Range): number => {
  if (a.version !== b.version) return a.version - b.version
  if (a.first === b.first) return 0
  return a.first < b.first ? -1 : 1
}

const rangeText = ({ version, first, last }: Range): string => {
  const [network, ...more] = networksBetween(ipOf(version, first), ipOf(version, last))
  if (network !== undefined && more.length === 0) return networkText(network)
  return `${formatIp(ipOf(version, first))}-${formatIp(ipOf(version, last))}`
}
