import { ipsetList } from '#netfilter/ipset-text.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { DataType, ElementSet } from '#netfilter/ruleset.ts'
import { expect, test } from 'vitest'

const IP_PORT: readonly DataType[] = ['ipv4_addr', 'inet_proto', 'inet_service']

const aSet = (
  name: string,
  types: readonly DataType[],
  keys: readonly string[],
  more: Partial<ElementSet> = {},
) => ({
  set: { name, types, elements: PersistentMap.of(keys.map((key) => [key, {}])), ...more },
  references: 2,
})

const membersOf = (text: string) => text.split('Members:\n')[1]

test('a set of addresses and ports is listed as ipset does', () => {
  const text = ipsetList([
    aSet('KUBE-CLUSTER-IP', IP_PORT, [
      '10.96.0.10 . udp . 53',
      '10.96.0.1 . tcp . 443',
      '10.96.0.10 . tcp . 53',
      '10.96.0.10 . tcp . 9153',
    ]),
  ])
  expect(text.replace(/0x[0-9a-f]{8}/, '0x0c31ac7a')).toBe(`Name: KUBE-CLUSTER-IP
Type: hash:ip,port
Revision: 6
Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x0c31ac7a
Size in memory: 392
References: 2
Number of entries: 4
Members:
10.96.0.1,tcp:443
10.96.0.10,tcp:53
10.96.0.10,tcp:9153
10.96.0.10,udp:53
`)
})

test('ports alone are a bitmap, in the order of the numbers', () => {
  const text = ipsetList([aSet('KUBE-NODE-PORT-TCP', ['inet_service'], ['30080', '9999'])])
  expect(text).toBe(`Name: KUBE-NODE-PORT-TCP
Type: bitmap:port
Revision: 3
Header: range 0-65535
Size in memory: 8264
References: 2
Number of entries: 2
Members:
9999
30080
`)
})

test('sets are parted by an empty line', () => {
  const text = ipsetList([aSet('A', ['inet_service'], []), aSet('B', ['inet_service'], [])])
  expect(text).toContain('Members:\n\nName: B')
})

test.each([
  ['hash:ip', ['ipv4_addr'] as const, {}, '10.96.0.1', '10.96.0.1'],
  [
    'hash:ip,port,ip',
    [...IP_PORT, 'ipv4_addr'] as const,
    {},
    '10.244.0.1 . tcp . 80 . 10.244.0.1',
    '10.244.0.1,tcp:80,10.244.0.1',
  ],
  [
    'hash:ip,port,net',
    [...IP_PORT, 'ipv4_addr'] as const,
    { isInterval: true },
    '203.0.113.1 . tcp . 80 . 198.51.100.0/24',
    '203.0.113.1,tcp:80,198.51.100.0/24',
  ],
  [
    'hash:ip,port,net',
    [...IP_PORT, 'ipv4_addr'] as const,
    { isInterval: true },
    '203.0.113.1 . tcp . 80 . 198.51.100.7/32',
    '203.0.113.1,tcp:80,198.51.100.7',
  ],
])('%s is the type of %j %j', (type, types, more, key, member) => {
  const text = ipsetList([aSet('S', types, [key], more)])
  expect(text).toContain(`Type: ${type}\n`)
  expect(membersOf(text)).toBe(`${member}\n`)
})

test('what ipset has no type for is an error', () => {
  expect(() => ipsetList([aSet('S', ['inet_proto'], [])])).toThrow('ipset has no type for S')
})
