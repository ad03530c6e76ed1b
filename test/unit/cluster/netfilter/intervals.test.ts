import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidrContains, parseCidr } from '#net/cidr.ts'
import { parseIp } from '#net/ip.ts'
import { intervalTexts, networksBetween } from '#netfilter/intervals.ts'

const texts = (...cidrs: readonly string[]): readonly string[] =>
  intervalTexts(cidrs.map((cidr) => parseCidr(cidr)!))

describe('networks as nftables keeps them', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['sorted by address', ['192.168.0.0/16', '10.0.0.0/8'], ['10.0.0.0/8', '192.168.0.0/16']],
    ['without what is in another', ['10.1.0.0/16', '10.0.0.0/8'], ['10.0.0.0/8']],
    ['neighbours become one', ['10.0.0.0/25', '10.0.0.128/25'], ['10.0.0.0/24']],
    [
      'or a range, if no network says it',
      ['10.0.0.128/25', '10.0.1.0/24'],
      ['10.0.0.128-10.0.1.255'],
    ],
    [
      'a single address has no length',
      ['203.0.113.10/32', '10.0.0.0/8'],
      ['10.0.0.0/8', '203.0.113.10'],
    ],
    ['all addresses are one network', ['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/0']],
    ['IPv6', ['fd00:0:0:1::/64', 'fd00::/64', '::1/128'], ['::1', 'fd00::/63']],
    ['versions are not mixed', ['255.255.255.255/32', '::1/128'], ['255.255.255.255', '::1']],
  ])('%s', (_, given, expected) => {
    expect(texts(...given)).toEqual(expected)
  })
})

describe('the networks of a range', () => {
  it('are none if the range ends before it begins', () => {
    expect(networksBetween(parseIp('10.0.0.2')!, parseIp('10.0.0.1')!)).toEqual([])
  })

  it('are one for all addresses', () => {
    expect(networksBetween(parseIp('0.0.0.0')!, parseIp('255.255.255.255')!)).toEqual([
      { network: { version: 4, value: 0 }, prefix: 0 },
    ])
  })

  it('hold the first and the last address and none beyond', () => {
    const address = fc.integer({ min: 1, max: 2 ** 32 - 2 })
    fc.assert(
      fc.property(address, address, (a, b) => {
        const [first, last] = a < b ? [a, b] : [b, a]
        const networks = networksBetween({ version: 4, value: first }, { version: 4, value: last })
        const holds = (value: number): boolean =>
          networks.some((network) => cidrContains(network, { version: 4, value }))
        expect([first - 1, first, last, last + 1].map(holds)).toEqual([false, true, true, false])
        expect(networks.length).toBeLessThanOrEqual(62)
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})
