import { describe, expect, it } from 'vitest'
import { parseCidr } from '#net/cidr.ts'
import { nftRuleAbout } from '#netfilter/nftables-rule-text.ts'
import { nftList, nftRule } from '#netfilter/nftables-text.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Part } from '#netfilter/rule.ts'
import type { BaseChain, Chain, ElementSet, SetElement, Table } from '#netfilter/ruleset.ts'
import { ip } from '../../../support/netfilter.ts'

const JUMP: Part = { kind: 'verdict', verdict: { kind: 'jump', chain: 'x' } }

const byName = <T extends { readonly name: string }>(list: readonly T[]): PersistentMap<T> =>
  PersistentMap.of(list.map((entry): [string, T] => [entry.name, entry]))

const table = (name: string, content: Partial<Table> = {}): Table => ({
  family: 'ip',
  name,
  chains: PersistentMap.empty(),
  sets: PersistentMap.empty(),
  ...content,
})

const listOf = (...tables: readonly Table[]): string =>
  nftList(PersistentMap.of(tables.map((of): [string, Table] => [`${of.family} ${of.name}`, of])))

const elements = (...keys: readonly string[]): PersistentMap<SetElement> =>
  PersistentMap.of(keys.map((key): [string, SetElement] => [key, {}]))

const listOfSet = (set: Partial<ElementSet>): readonly string[] =>
  listOf(
    table('t', {
      sets: byName<ElementSet>([
        { name: 's', types: ['ipv4_addr'], elements: PersistentMap.empty(), ...set },
      ]),
    }),
  )
    .split('\n')
    .slice(2, -3)
    .map((line) => line.slice(2))

const cidr = (text: string) => parseCidr(text)!

describe('a rule in the words of nft', () => {
  it.each<[string, readonly Part[], string]>([
    ['no part is an empty line', [], ''],
    ['the comment stands last', [{ kind: 'comment', text: 'why' }, JUMP], 'jump x comment "why"'],
    [
      'a single address has no length',
      [{ kind: 'address', side: 'source', cidr: cidr('10.0.0.1/32') }],
      'ip saddr 10.0.0.1',
    ],
    [
      'one of several networks is as one network',
      [{ kind: 'addresses', side: 'source', cidrs: [cidr('10.0.0.0/8')], isNegated: true }],
      'ip saddr != 10.0.0.0/8',
    ],
    [
      'several networks are sorted and merged',
      [
        {
          kind: 'addresses',
          side: 'source',
          cidrs: [cidr('203.0.113.10/32'), cidr('10.0.0.0/25'), cidr('10.0.0.128/25')],
          isNegated: true,
        },
      ],
      'ip saddr != { 10.0.0.0/24, 203.0.113.10 }',
    ],
    [
      'IPv6 has a word of its own',
      [{ kind: 'address', side: 'destination', cidr: cidr('fd00::/8') }],
      'ip6 daddr fd00::/8',
    ],
    [
      'interfaces are quoted',
      [{ kind: 'interface', name: 'veth', isPrefix: true, isNegated: true }],
      'iifname != "veth*"',
    ],
    ['a port says its protocol', [{ kind: 'port', protocol: 'udp', port: 53 }], 'udp dport 53'],
    [
      'unless it was said',
      [
        { kind: 'protocol', protocol: 'udp' },
        { kind: 'port', protocol: 'udp', port: 53 },
      ],
      'meta l4proto udp th dport 53',
    ],
    [
      'a mark that counts in full is compared',
      [{ kind: 'mark', value: 16, mask: 0xffffffff, isNegated: true }],
      'meta mark != 0x00000010',
    ],
    [
      'bits of a mark are masked',
      [{ kind: 'mark', value: 0x4000, mask: 0x4000 }],
      'meta mark & 0x00004000 == 0x00004000',
    ],
    [
      "iptables' way to set a bit is nft's or",
      [{ kind: 'setMark', how: 'xmark', value: 0x4000, mask: 0x4000 }],
      'meta mark set meta mark | 0x00004000',
    ],
    [
      'its way to flip one is xor',
      [{ kind: 'setMark', how: 'xmark', value: 0x4000, mask: 0 }],
      'meta mark set meta mark ^ 0x00004000',
    ],
    [
      'its way to clear one is and',
      [{ kind: 'setMark', how: 'xmark', value: 0, mask: 0x4000 }],
      'meta mark set meta mark & 0xffffbfff',
    ],
    [
      'its way to set all is to set',
      [{ kind: 'setMark', how: 'xmark', value: 0x80000000, mask: 0xffffffff }],
      'meta mark set 0x80000000',
    ],
    [
      'states stand in the order of their bits',
      [{ kind: 'state', states: ['new', 'related', 'established'] }],
      'ct state established,related,new',
    ],
    [
      'none of several states is a set',
      [{ kind: 'state', states: ['related', 'established'], isNegated: true }],
      'ct state != { established, related }',
    ],
    [
      'a status is not a state',
      [{ kind: 'state', states: ['dnat'], isNegated: true }],
      'ct status ! dnat',
    ],
    [
      'what only extensions of iptables do is named after them',
      [
        { kind: 'state', states: ['dnat', 'established'] },
        { kind: 'probability', probability: '0.5' },
        { kind: 'recent', list: 'L', seconds: 1 },
      ],
      'xt match "conntrack" xt match "statistic" xt match "recent"',
    ],
    [
      'reasons to reject',
      [{ kind: 'verdict', verdict: { kind: 'reject', with: 'icmp-host-prohibited' } }],
      'reject with icmp host-prohibited',
    ],
    [
      'the reason that needs no telling',
      [{ kind: 'verdict', verdict: { kind: 'reject', with: 'icmp-port-unreachable' } }],
      'reject',
    ],
    [
      'an address of IPv6 keeps away from its port',
      [{ kind: 'dnat', to: { ip: { version: 6, value: 1n }, port: 80 } }],
      'dnat to [::1]:80',
    ],
    [
      'an address may have no port',
      [{ kind: 'dnat', to: { ip: { version: 4, value: 1 } } }],
      'dnat to 0.0.0.1',
    ],
  ])('%s', (_, parts, text) => {
    expect(nftRule({ parts })).toBe(text)
  })
})

describe('a rule of which one choice matters', () => {
  const targets = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ ip: ip(`10.244.0.${at}`), port: 80 }))

  it('shows a few choices all', () => {
    const to = targets(16)
    const rule = { parts: [{ kind: 'spreadDnat', to } as const] }
    expect(nftRuleAbout(rule, to[7])).toBe(nftRule(rule))
  })

  it.each([
    [0, '0 : 10.244.0.0 . 80, 1 : 10.244.0.1 . 80, …'],
    [1, '0 : 10.244.0.0 . 80, 1 : 10.244.0.1 . 80, 2 : 10.244.0.2 . 80, …'],
    [20, '…, 19 : 10.244.0.19 . 80, 20 : 10.244.0.20 . 80, 21 : 10.244.0.21 . 80, …'],
    [39, '…, 38 : 10.244.0.38 . 80, 39 : 10.244.0.39 . 80'],
  ])('shows choice %i of many with those beside it', (at, choices) => {
    const to = targets(40)
    const rule = { parts: [{ kind: 'spreadDnat', to } as const] }
    expect(nftRuleAbout(rule, to[at])).toBe(`dnat ip to numgen random mod 40 map { ${choices} }`)
  })

  it('shows the chain that was chosen of many', () => {
    const verdicts = Array.from({ length: 17 }, (_, at) => ({
      kind: 'goto' as const,
      chain: `endpoint-${at}`,
    }))
    expect(nftRuleAbout({ parts: [{ kind: 'spreadVerdicts', verdicts }] }, verdicts[16])).toBe(
      'numgen random mod 17 vmap { …, 15 : goto endpoint-15, 16 : goto endpoint-16 }',
    )
  })
})

describe('nft list', () => {
  it('prints nothing for no tables', () => {
    expect(listOf()).toBe('')
  })

  it('prints an empty table, with its comment', () => {
    expect(listOf(table('t'))).toBe('table ip t {\n}\n')
    expect(listOf(table('t', { comment: 'c' }))).toBe('table ip t {\n\tcomment "c"\n}\n')
  })

  it('prints the tables that are asked for', () => {
    const tables = PersistentMap.of<Table>([
      ['ip b', table('b')],
      ['ip a', table('a')],
      ['ip6 a', table('a', { family: 'ip6' })],
    ])
    expect(nftList(tables)).toBe('table ip a {\n}\ntable ip b {\n}\ntable ip6 a {\n}\n')
    expect(nftList(tables, { family: 'ip' })).toBe('table ip a {\n}\ntable ip b {\n}\n')
    expect(nftList(tables, { family: 'ip6', table: 'a' })).toBe('table ip6 a {\n}\n')
    expect(nftList(tables, { family: 'ip', table: 'c' })).toBe('')
  })

  it('lists chains where they ask to stand, then base chains, then others by name', () => {
    const base: BaseChain = { type: 'filter', hook: 'input', priority: 0, policy: 'drop' }
    const chains: Chain[] = [
      { name: 'c', rules: [] },
      { name: 'b', rules: [] },
      { name: 'z', rules: [], base },
      { name: 'y', rules: [], order: 2 },
      { name: 'x', rules: [], order: 10 },
    ]
    const names = [...listOf(table('t', { chains: byName(chains) })).matchAll(/chain (\w)/g)]
    expect(names.map(([, name]) => name).join('')).toBe('yxzbc')
  })

  it('separates sets and chains by empty lines, with nothing behind the last', () => {
    const chains = byName<Chain>([{ name: 'c', comment: 'why', rules: [{ parts: [JUMP] }] }])
    const sets = byName<ElementSet>([{ name: 's', types: ['ipv4_addr'], elements: elements() }])
    expect(listOf(table('t', { chains, sets }))).toBe(
      [
        'table ip t {',
        '\tset s {',
        '\t\ttype ipv4_addr',
        '\t}',
        '',
        '\tchain c {',
        '\t\tcomment "why"',
        '\t\tjump x',
        '\t}',
        '}',
        '',
      ].join('\n'),
    )
  })

  it.each<[BaseChain['hook'], number, string]>([
    ['prerouting', -100, 'dstnat'],
    ['prerouting', -110, 'dstnat - 10'],
    ['prerouting', -90, 'dstnat + 10'],
    ['prerouting', -111, '-111'],
    ['output', -100, '-100'],
    ['postrouting', 100, 'srcnat'],
    ['prerouting', 100, '100'],
    ['input', 0, 'filter'],
    ['input', -5, 'filter - 5'],
    ['input', 50, 'security'],
    ['output', -150, 'mangle'],
    ['output', -300, 'raw'],
    ['output', 200, '200'],
  ])('names the priority at %s %i %s', (hook, priority, text) => {
    const base: BaseChain = { type: 'filter', hook, priority, policy: 'drop' }
    expect(
      listOf(table('t', { chains: byName<Chain>([{ name: 'c', base, rules: [] }]) })),
    ).toContain(`\t\ttype filter hook ${hook} priority ${text}; policy drop;\n`)
  })

  it.each([
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [10_800, '3h'],
    [86_400, '1d'],
    [90_061, '1d1h1m1s'],
  ])('says %i seconds as %s', (timeoutSeconds, text) => {
    expect(listOfSet({ timeoutSeconds, size: 65_535 })).toEqual([
      'type ipv4_addr',
      'size 65535',
      'flags dynamic,timeout',
      `timeout ${text}`,
    ])
  })

  it('sorts addresses by value, two on a line', () => {
    const keys = ['10.0.0.10', '10.0.0.9', '9.0.0.0', '10.0.0.100']
    expect(listOfSet({ elements: elements(...keys) })).toEqual([
      'type ipv4_addr',
      'elements = { 9.0.0.0, 10.0.0.9,',
      '\t     10.0.0.10, 10.0.0.100 }',
    ])
  })

  it('sorts by address, then protocol, then port, one on a line', () => {
    const keys = [
      '10.0.0.2 . tcp . 1',
      '10.0.0.1 . udp . 9',
      '10.0.0.1 . tcp . 443',
      '10.0.0.1 . tcp . 80',
    ]
    expect(
      listOfSet({
        types: ['ipv4_addr', 'inet_proto', 'inet_service'],
        elements: elements(...keys),
      }),
    ).toEqual([
      'type ipv4_addr . inet_proto . inet_service',
      'elements = { 10.0.0.1 . tcp . 80,',
      '\t     10.0.0.1 . tcp . 443,',
      '\t     10.0.0.1 . udp . 9,',
      '\t     10.0.0.2 . tcp . 1 }',
    ])
  })

  it('puts five ports on a line', () => {
    const keys = Array.from({ length: 6 }, (_, at) => `${at + 1}`)
    expect(listOfSet({ types: ['inet_service'], elements: elements(...keys) })).toEqual([
      'type inet_service',
      'elements = { 1, 2, 3, 4, 5,',
      '\t     6 }',
    ])
  })

  it('prints the comments and verdicts of a map', () => {
    const lines = listOfSet({
      isMap: true,
      isInterval: true,
      comment: 'c',
      elements: PersistentMap.of<SetElement>([
        ['10.0.0.0/8', { comment: 'a, b', verdict: { kind: 'drop' } }],
      ]),
    })
    expect(lines).toEqual([
      'type ipv4_addr : verdict',
      'flags interval',
      'comment "c"',
      'elements = { 10.0.0.0/8 comment "a, b" : drop }',
    ])
  })
})
