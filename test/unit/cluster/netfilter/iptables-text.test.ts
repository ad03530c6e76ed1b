import { describe, expect, it } from 'vitest'
import { iptablesRule, iptablesSave, ruleText } from '#netfilter/iptables-text.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Part, Rule } from '#netfilter/rule.ts'
import type { Chain, Ruleset, Table } from '#netfilter/ruleset.ts'

const rule = (...parts: readonly Part[]): Rule => ({ parts })

const network = (value: number, prefix: number) =>
  ({ network: { version: 4, value }, prefix }) as const

const table = (name: string, chains: readonly Chain[]): [string, Table] => [
  `ip ${name}`,
  {
    family: 'ip',
    name,
    chains: PersistentMap.of(chains.map((chain): [string, Chain] => [chain.name, chain])),
    sets: PersistentMap.empty(),
  },
]

const ruleset = (...tables: readonly (readonly [string, Table])[]): Ruleset =>
  PersistentMap.of(tables)

const ACCEPT: Part = { kind: 'verdict', verdict: { kind: 'accept' } }
const comment = (text: string): Part => ({ kind: 'comment', text })

describe('a rule in the words of iptables-save', () => {
  it.each<[string, Rule, string]>([
    ['no part is an empty line', rule(), ''],
    ['a single address has its length', rule(address('source', network(1, 32))), '-s 0.0.0.1/32'],
    ['every address is no match', rule(address('source', network(0, 0)), ACCEPT), '-j ACCEPT'],
    [
      'no address at all is one',
      rule({ ...address('destination', network(0, 0)), isNegated: true }),
      '! -d 0.0.0.0/0',
    ],
    [
      'source, destination, interface and protocol stand first, in this order',
      rule(
        { kind: 'port', protocol: 'udp', port: 53 },
        { kind: 'protocol', protocol: 'udp' },
        { kind: 'interface', name: 'veth', isPrefix: true, isNegated: true },
        address('destination', network(10 * 2 ** 24, 8)),
        { ...address('source', network(10 * 2 ** 24, 8)), isNegated: true },
      ),
      '! -s 10.0.0.0/8 -d 10.0.0.0/8 ! -i veth+ -p udp -m udp --dport 53',
    ],
    [
      'a mark that counts in full has no mask',
      rule({ kind: 'mark', value: 0x10, mask: 0xffffffff }),
      '-m mark --mark 0x10',
    ],
    [
      'a mark with the highest bit stays positive',
      rule({ kind: 'setMark', how: 'xmark', value: 0x80000000, mask: 0x80000000 }),
      '-j MARK --set-xmark 0x80000000/0x80000000',
    ],
    [
      'states stand in the order of iptables',
      rule({ kind: 'state', states: ['dnat', 'established', 'new', 'related'] }),
      '-m conntrack --ctstate NEW,RELATED,ESTABLISHED,DNAT',
    ],
    ['a comment of one word has no quotes', rule(comment('a_b-1')), '-m comment --comment a_b-1'],
    ['a comment with a dot has', rule(comment('a.b')), '-m comment --comment "a.b"'],
    [
      'quotes, apostrophes and backslashes are escaped',
      rule(comment('a "b" \'c\' \\d')),
      '-m comment --comment "a \\"b\\" \\\'c\\\' \\\\d"',
    ],
    ['an empty comment is quoted', rule(comment('')), '-m comment --comment ""'],
    [
      'a reason to reject is told',
      rule({ kind: 'verdict', verdict: { kind: 'reject', with: 'tcp-reset' } }),
      '-j REJECT --reject-with tcp-reset',
    ],
    ['goto is not jump', rule({ kind: 'verdict', verdict: { kind: 'goto', chain: 'X' } }), '-g X'],
    [
      'masquerading need not be random',
      rule({ kind: 'masquerade', isRandom: false }),
      '-j MASQUERADE',
    ],
    [
      'an address alone may be the destination',
      rule({ kind: 'dnat', to: { ip: { version: 4, value: 1 } } }),
      '-j DNAT --to-destination 0.0.0.1',
    ],
    [
      'a set is asked by directions',
      rule({
        kind: 'lookup',
        fields: ['ip daddr', 'meta l4proto', 'th dport', 'ip saddr'],
        set: 'S',
        isNegated: true,
      }),
      '-m set ! --match-set S dst,dst,src',
    ],
  ])('%s', (_, given, text) => {
    expect(ruleText(given)).toBe(text)
  })

  it('has the name of its chain before it, and no blank behind it', () => {
    expect(iptablesRule('X', rule(ACCEPT))).toBe('-A X -j ACCEPT')
    expect(iptablesRule('X', rule())).toBe('-A X')
  })

  it('is undefined if iptables cannot say it', () => {
    expect(ruleText(rule({ kind: 'vmap', fields: ['ip daddr'], map: 'm' }))).toBeUndefined()
    expect(ruleText(rule({ kind: 'lookup', fields: ['meta l4proto'], set: 's' }))).toBeUndefined()
  })
})

function address(side: 'source' | 'destination', cidr: ReturnType<typeof network>) {
  return { kind: 'address', side, cidr } as const
}

describe('iptables-save', () => {
  const input = (policy: 'accept' | 'drop'): Chain => ({
    name: 'INPUT',
    base: { type: 'filter', hook: 'input', priority: 0, policy },
    rules: [],
  })

  it('prints nothing for tables that are not there', () => {
    expect(iptablesSave(ruleset(), ['nat'])).toBe('')
  })

  it('prints a table without chains', () => {
    expect(iptablesSave(ruleset(table('nat', [])))).toBe('*nat\nCOMMIT\n')
  })

  it('prints built-in chains with their policy, before others by name', () => {
    const chains: Chain[] = [
      { name: 'B', rules: [] },
      {
        name: 'OUTPUT',
        base: { type: 'filter', hook: 'output', priority: 0, policy: 'accept' },
        rules: [],
      },
      { name: 'A', rules: [rule(ACCEPT)] },
      {
        ...input('drop'),
        rules: [rule({ kind: 'verdict', verdict: { kind: 'jump', chain: 'A' } })],
      },
    ]
    expect(iptablesSave(ruleset(table('filter', chains)))).toBe(
      [
        '*filter',
        ':INPUT DROP [0:0]',
        ':OUTPUT ACCEPT [0:0]',
        ':A - [0:0]',
        ':B - [0:0]',
        '-A INPUT -j A',
        '-A A -j ACCEPT',
        'COMMIT',
        '',
      ].join('\n'),
    )
  })

  it('prints the tables asked for, in that order, and by itself nat before filter', () => {
    const both = ruleset(table('filter', []), table('nat', []))
    expect(iptablesSave(both)).toBe('*nat\nCOMMIT\n*filter\nCOMMIT\n')
    expect(iptablesSave(both, ['filter', 'nat'])).toBe('*filter\nCOMMIT\n*nat\nCOMMIT\n')
    expect(iptablesSave(both, ['filter'])).toBe('*filter\nCOMMIT\n')
  })

  it('leaves tables of others alone', () => {
    expect(iptablesSave(ruleset(table('kube-proxy', [])))).toBe('')
    expect(iptablesSave(ruleset(table('kube-proxy', [])), ['kube-proxy'])).toBe('')
  })

  it('prints no half of a table that says what iptables cannot', () => {
    const chain: Chain = {
      name: 'X',
      rules: [rule({ kind: 'update', set: 's', fields: ['ip saddr'] })],
    }
    expect(iptablesSave(ruleset(table('nat', [chain])))).toBe(
      "# Table `nat' is incompatible, use 'nft' tool.\n",
    )
  })
})
