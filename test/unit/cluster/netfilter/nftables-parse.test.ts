import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNftList } from '#netfilter/nftables-parse.ts'
import { nftList } from '#netfilter/nftables-text.ts'
import type { Rule } from '#netfilter/rule.ts'
import { TableSyntaxError } from '#netfilter/token-reader.ts'

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`

const chain = (...rules: readonly string[]): string =>
  lines('table ip t {', '\tchain c {', ...rules.map((rule) => `\t\t${rule}`), '\t}', '}')

const set = (...body: readonly string[]): string =>
  lines('table ip t {', '\tset s {', ...body.map((line) => `\t\t${line}`), '\t}', '}')

const map = (...body: readonly string[]): string => set(...body).replace('\tset', '\tmap')

const ruleOf = (text: string): Rule =>
  parseNftList(chain(text)).get('ip t')!.chains.get('c')!.rules[0]!

const errorOf = (text: string): string => {
  try {
    parseNftList(text)
  } catch (error) {
    if (error instanceof TableSyntaxError) return error.message
    throw error
  }
  return 'no error'
}

describe('the parser of nft', () => {
  it.each([
    'ip saddr != { 10.0.0.0/8, 192.168.49.2-192.168.49.9 } drop',
    'ip saddr 10.0.0.0/8 ip daddr != 10.0.0.1 return',
    'ip6 saddr != { ::1, fd00::/8 } drop',
    'iifname != "veth*" iifname "cni0" accept',
    'meta l4proto udp th dport 53 goto x',
    'tcp dport 80 drop',
    'ip daddr != @s accept',
    'meta mark 0x00000010 meta mark != 0x00000011 meta mark & 0x00004000 == 0x00004000 accept',
    'meta mark set 0x80000000',
    'meta mark set meta mark & 0xffffbfff',
    'meta mark set meta mark & 0xffff0fff ^ 0x00008000',
    'ct state invalid,established,related,new,untracked drop',
    'ct state != new drop',
    'ct state != { established, related } drop',
    'ct status ! dnat drop',
    'ct status snat,dnat drop',
    'fib daddr type local jump x',
    'fib saddr type != local jump x',
    'counter name "n" drop',
    'reject with tcp reset',
    'reject with icmp host-prohibited comment "why # not"',
    'dnat to 10.0.0.1',
    'dnat to [fd00::1]:80',
    'masquerade',
    'update @s { ip saddr . th dport }',
    'numgen random mod 1 vmap { 0 : drop }',
  ])('reads what is printed: %s', (rule) => {
    expect(nftList(parseNftList(chain(rule)))).toBe(chain(rule))
  })

  it.each([
    [
      'set',
      set('type ipv4_addr', 'size 10', 'flags dynamic,timeout', 'timeout 1d2h3m4s', 'comment "c"'),
    ],
    ['networks', set('type ipv4_addr', 'flags interval', 'elements = { 10.0.0.0/8, 11.0.0.1 }')],
    ['IPv6', set('type ipv6_addr', 'elements = { ::1 }')],
    [
      'map',
      map(
        'type inet_proto . inet_service : verdict',
        'elements = { tcp . 80 comment "a, b }" : goto x }',
      ),
    ],
    [
      'base chain',
      chain('comment "c"', 'type filter hook prerouting priority mangle + 3; policy drop;'),
    ],
    ['unnamed priority', chain('type route hook output priority -199; policy accept;')],
    ['empty table', lines('table inet t {', '\tcomment "c"', '}')],
    [
      'names of objects',
      lines(
        'table ip __proto__ {',
        '\tset __proto__ {',
        '\t\ttype ipv4_addr',
        '\t}',
        '',
        '\tchain constructor {',
        '\t}',
        '}',
      ),
    ],
  ])('reads what is printed: %s', (_, text) => {
    expect(nftList(parseNftList(text))).toBe(text)
  })

  it('has the outcome last, although the comment is printed behind it', () => {
    expect(ruleOf('drop comment "why"').parts).toEqual([
      { kind: 'comment', text: 'why' },
      { kind: 'verdict', verdict: { kind: 'drop' } },
    ])
  })

  it('reads how a mark changes', () => {
    expect(ruleOf('meta mark set meta mark | 0x4000').parts).toEqual([
      { kind: 'setMark', how: 'or', value: 0x4000, mask: 0x4000 },
    ])
    expect(ruleOf('meta mark set meta mark ^ 0x4000').parts).toEqual([
      { kind: 'setMark', how: 'xor', value: 0x4000, mask: 0 },
    ])
    expect(ruleOf('meta mark & 0x4000 != 0').parts).toEqual([
      { kind: 'mark', value: 0, mask: 0x4000, isNegated: true },
    ])
  })

  it('passes over handles and counters, and takes a rule to end at a semicolon', () => {
    const text =
      'table ip t { # handle 1\nchain c {\ncounter packets 1 bytes 2 drop; accept # x\n}}'
    expect(nftList(parseNftList(text))).toBe(chain('drop', 'accept'))
  })

  it('reads a range as the networks that make it up', () => {
    const [part] = ruleOf('ip saddr 10.0.0.0-10.0.0.2 drop').parts
    expect(part?.kind === 'addresses' && part.cidrs.length).toBe(2)
  })

  it('keeps the order of the list', () => {
    const text = lines('table ip t {', '\tchain b {', '\t}', '', '\tchain a {', '\t}', '}')
    expect(nftList(parseNftList(text))).toBe(text)
  })

  it.each([
    ['no table', 'tabel ip t', 'line 1: expected "table", not "tabel"'],
    ['an unknown family', 'table arp t {}', 'line 1: unknown family "arp"'],
    [
      'a table that stands twice',
      'table ip t {}\ntable ip t {}',
      'line 2: table "ip t" stands twice',
    ],
    ['a table without an end', 'table ip t {\n', 'line 1: unknown part of a table the end'],
    ['a chain without an end', 'table ip t {\nchain c {\ndrop', 'line 3: a chain has no end'],
    [
      'another part of a table',
      'table ip t {\nflowtable f {\n}\n}',
      'line 2: unknown part of a table "flowtable"',
    ],
    [
      'a chain that stands twice',
      'table ip t {\nchain c {}\nchain c {}\n}',
      'line 3: chain "c" stands twice',
    ],
    [
      'a chain without a name',
      'table ip t {\nchain\n{}\n}',
      'line 2: the name of a chain is missing',
    ],
    ['an unknown word', chain('log drop'), 'line 3: unknown word "log"'],
    [
      'words behind a verdict',
      chain('drop accept'),
      'line 3: unknown word behind a verdict "accept"',
    ],
    [
      'words behind a comment',
      chain('drop comment "a" "b"'),
      'line 3: unknown word behind a comment "b"',
    ],
    ['a jump to nowhere', chain('jump'), 'line 3: the name of a chain is missing'],
    ['an unknown field', chain('ip ttl 1 drop'), 'line 3: unknown field "ip ttl"'],
    [
      'several fields without a set',
      chain('ip saddr . ip daddr 1 drop'),
      'line 3: expected a set or vmap behind several fields',
    ],
    [
      'a port without a protocol',
      chain('th dport 80 drop'),
      'line 3: th dport needs meta l4proto before it',
    ],
    [
      'a negated protocol',
      chain('meta l4proto != tcp drop'),
      'line 3: protocols and ports cannot be negated',
    ],
    [
      'a port beyond the last',
      chain('tcp dport 65536'),
      'line 3: expected a port from 0 to 65535, not "65536"',
    ],
    [
      'an address of the other version',
      chain('ip saddr fd00::1'),
      'line 3: expected an address of IPv4, not "fd00::1"',
    ],
    [
      'a range that goes backwards',
      chain('ip saddr 10.0.0.2-10.0.0.1'),
      'line 3: "10.0.0.2-10.0.0.1" ends before it begins',
    ],
    ['an empty list', chain('ip saddr { } drop'), 'line 3: an address is missing'],
    [
      'choices that are missing',
      chain('numgen random mod 2 vmap { 0 : drop }'),
      'line 3: expected 2 choices, not 1',
    ],
    [
      'choices out of order',
      chain('numgen random mod 2 vmap { 1 : drop }'),
      'line 3: expected "0", not "1"',
    ],
    ['a quote without an end', chain('drop comment "a'), 'line 3: a quote is not closed'],
    [
      'an unknown hook',
      chain('type filter hook ingress priority 0;'),
      'line 3: unknown hook "ingress"',
    ],
    [
      'an unknown priority',
      chain('type filter hook input priority high;'),
      'line 3: unknown priority "high"',
    ],
    ['an unknown type', set('type ether_addr'), 'line 3: unknown type "ether_addr"'],
    ['a set without a type', set('size 1'), 'line 4: "s" has no type'],
    [
      'elements before the type',
      set('elements = { 1 }', 'type ipv4_addr'),
      'line 3: the type stands before the elements',
    ],
    [
      'an element of another type',
      set('type ipv4_addr', 'elements = { 10.0.0.0/8 }'),
      'line 4: "10.0.0.0/8" is no ipv4_addr',
    ],
    [
      'an element that stands twice',
      set('type ipv4_addr', 'elements = { 1.1.1.1,', '1.1.1.1 }'),
      'line 5: element "1.1.1.1" stands twice',
    ],
    [
      'an element that is too short',
      set('type ipv4_addr . inet_proto', 'elements = { 1.1.1.1 }'),
      'line 4: expected ".", not "}"',
    ],
    [
      'an element with a time of its own',
      set('type ipv4_addr', 'elements = { 1.1.1.1 expires 5s }'),
      'line 4: expected "}", not "expires"',
    ],
    [
      'a map that rejects',
      map('type ipv4_addr : verdict', 'elements = { 1.1.1.1 : reject }'),
      'line 4: unknown word "reject"',
    ],
    [
      'a map of data',
      map('type ipv4_addr : ipv4_addr'),
      'line 3: expected "verdict", not "ipv4_addr"',
    ],
    [
      'flags without a timeout',
      set('type ipv4_addr', 'flags dynamic,timeout'),
      'line 5: flags dynamic,timeout and a timeout go together',
    ],
    [
      'a strange duration',
      set('type ipv4_addr', 'timeout 1y'),
      'line 4: expected a duration such as 1h30m, not "1y"',
    ],
    [
      'a number for a duration',
      set('type ipv4_addr', 'timeout 60'),
      'line 4: expected a duration such as 1h30m, not "60"',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(errorOf(text)).toBe(message)
  })

  it('says where any text is wrong', () => {
    const words =
      'table ip t { } chain set map type ipv4_addr elements = , ; \n " # saddr daddr . @s != 10.0.0.0-10.0.0.9 meta mark & 0x1 drop jump numgen random mod 1 vmap 0 : ct state new dnat to comment "c" __proto__'
    const known = fc.constantFrom(...words.split(' '))
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: known }, fc.string()), { maxLength: 30 }),
        (pieces) => {
          // anything else than TableSyntaxError comes out of errorOf as it is
          expect(errorOf(`table ip t {\nchain c {\n${pieces.join(' ')}`)).toMatch(
            /^line \d+: |^no error$/,
          )
          expect(errorOf(pieces.join(' '))).toMatch(/^line \d+: |^no error$/)
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })
})
