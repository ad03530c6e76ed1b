// coredns: plugin/loadbalance
import type { DnsMessage, DnsRecord } from '#net/dns-message.ts'

/** Aliases first, then addresses in an order that chance gives, then the rest. `below(n)` draws from 0 to n-1. */
export const shuffled = (message: DnsMessage, below: (bound: number) => number): DnsMessage => {
  const { answer } = message
  if (answer.length < 2) return message
  const isAddress = ({ type }: DnsRecord) => type === 'A' || type === 'AAAA'
  const addresses = answer.filter(isAddress)
  for (let last = addresses.length - 1; last > 0; last--) {
    const other = below(last + 1)
    const moved = addresses[last]!
    addresses[last] = addresses[other]!
    addresses[other] = moved
  }
  return {
    ...message,
    answer: [
      ...answer.filter(({ type }) => type === 'CNAME'),
      ...addresses,
      ...answer.filter((record) => record.type !== 'CNAME' && !isAddress(record)),
    ],
  }
}
