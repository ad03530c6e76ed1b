import { describe, expect, it } from 'vitest'
import { truncated } from '#coredns/truncate.ts'
import { type DnsMessage, emptyMessage } from '#net/dns-message.ts'

const name = 'db.shop.svc.cluster.local.'
const withAddresses = (count: number): DnsMessage => ({
  ...emptyMessage({ name, type: 'A' }, 'NOERROR'),
  answer: Array.from({ length: count }, (_, index) => ({
    name,
    ttl: 30,
    type: 'A',
    address: `10.244.0.${index}`,
  })),
})

describe('a datagram of 512 bytes', () => {
  // 12 for the header, 31 for the question, 16 for each address
  it('holds 29 addresses of one name', () => {
    const message = withAddresses(29)
    expect(truncated(message)).toBe(message)
  })

  it('holds no more, and says so', () => {
    expect(truncated(withAddresses(30))).toEqual({ ...withAddresses(29), isTruncated: true })
  })

  it('writes the targets of SRV records in full', () => {
    const target = `10-244-0-1.${name}`
    const srv = { name, ttl: 30, type: 'SRV', priority: 0, weight: 1, port: 80, target } as const
    const message = { ...withAddresses(0), answer: Array.from({ length: 9 }, () => srv) }
    expect(truncated(message).answer).toHaveLength(8)
  })

  it('can be larger if the client says so', () => {
    expect(truncated(withAddresses(60), 1232).isTruncated).toBe(false)
  })
})
