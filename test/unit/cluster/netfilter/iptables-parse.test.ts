import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIptablesSave } from '#netfilter/iptables-parse.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import type { Rule } from '#netfilter/rule.ts'
import { TableSyntaxError } from '#netfilter/token-reader.ts'

const save = (...rules: readonly string[]): string =>
  ['*filter', ':INPUT ACCEPT [0:0]', ':X - [0:0]', ...rules, 'COMMIT', ''].join('\n')

const ruleOf = (text: string): Rule =>
  parseIptablesSave(save(`-A X ${text}`))
    .get('ip filter')!
    .chains.get('X')!.rules[0]!

const errorOf = (text: string): string => {
  try {
    parseIptablesSave(text)
  } catch (error) {
    if (error instanceof TableSyntaxError) return error.message
    throw error
  }
  return 'no error'
}

describe('the parser of iptables-save', () => {
  it.each([
    '-s 10.0.0.1/32 -d 10.0.0.0/8 -i cni0 -p tcp -m tcp --dport 80 -j ACCEPT',
    '! -s 10.0.0.0/8 ! -i veth+ -j DROP',
    '-p icmp -j RETURN',
    '-m mark ! --mark 0x10 -g X',
    '-m set ! --match-set S src,dst,dst -j X',
    '-m set --match-set S dst -j X',
    '-m comment --comment plain -m comment --comment "a \\"b\\" \\\'c\\\' \\\\d" -j X',
    '-m comment --comment "" -j X',
    '-m addrtype --src-type LOCAL -m addrtype --dst-type LOCAL',
    '-j REJECT --reject-with icmp-port-unreachable',
    '-m addrtype ! --dst-type LOCAL',
    '-m physdev ! --physdev-is-in -m ipvs --vproto 6 --vaddr 10.96.0.1 --vport 443 -j X',
    '-j REJECT --reject-with tcp-reset',
    '-j DNAT --to-destination 10.0.0.1',
    '-j MASQUERADE',
    '-m conntrack --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED,SNAT,DNAT -j X',
  ])('reads what is printed: %s', (text) => {
    expect(iptablesSave(parseIptablesSave(save(`-A X ${text}`)))).toBe(save(`-A X ${text}`))
  })

  it('takes an address alone for a network of one', () => {
    expect(ruleOf('-s 10.0.0.1').parts).toEqual(ruleOf('-s 10.0.0.1/32').parts)
  })

  it('keeps no reason to reject that iptables has by itself', () => {
    expect(ruleOf('-j REJECT').parts).toEqual([{ kind: 'verdict', verdict: { kind: 'reject' } }])
    expect(ruleOf('-j REJECT --reject-with icmp-port-unreachable').parts).toEqual(
      ruleOf('-j REJECT').parts,
    )
  })

  it('reads built-in chains as base chains', () => {
    const text = '*nat\n:PREROUTING DROP [0:0]\n:FORWARD - [0:0]\nCOMMIT'
    const nat = parseIptablesSave(text).get('ip nat')!
    expect(nat.chains.get('PREROUTING')?.base).toEqual({
      type: 'nat',
      hook: 'prerouting',
      priority: -100,
      policy: 'drop',
    })
    // table nat has no say at this hook, so that the name is anybody's
    expect(nat.chains.get('FORWARD')?.base).toBeUndefined()
  })

  it('passes over remarks, empty lines and what was counted', () => {
    const text = `# Generated\n\n${save('[12:3456] -A X -j ACCEPT')}# Completed\n`
    expect(iptablesSave(parseIptablesSave(text))).toBe(save('-A X -j ACCEPT'))
  })

  it('reads nothing as no tables', () => {
    expect(parseIptablesSave('').size).toBe(0)
  })

  it('is not led astray by names that objects have of themselves', () => {
    const text = save().replace(':X - [0:0]', ':__proto__ - [0:0]\n:constructor - [0:0]')
    expect(iptablesSave(parseIptablesSave(text))).toBe(text)
  })

  it.each([
    [
      'a rule outside of a table',
      '-A X -j ACCEPT',
      'line 1: expected a table such as *nat, not "-A X -j ACCEPT"',
    ],
    ['an unknown table', '*nut\nCOMMIT', 'line 1: unknown table "nut"'],
    ['a table that stands twice', '*nat\nCOMMIT\n*nat\nCOMMIT', 'line 3: table nat stands twice'],
    ['a table without an end', '*nat\n', 'line 2: COMMIT is missing'],
    [
      'a chain that stands twice',
      '*nat\n:X - [0:0]\n:X - [0:0]\nCOMMIT',
      'line 3: chain "X" stands twice',
    ],
    ['a chain without a name', '*nat\n: - [0:0]\nCOMMIT', 'line 2: a chain has no name'],
    [
      'a policy of a chain of users',
      '*nat\n:X DROP [0:0]\nCOMMIT',
      'line 2: chain "X" has the policy "DROP"',
    ],
    [
      'strange counters',
      '*nat\n:X - [0]\nCOMMIT',
      'line 2: expected counters such as [0:0], not "[0]"',
    ],
    ['a chain that is not there', save('-A Y'), 'line 4: table filter has no chain "Y"'],
    ['another command', save('-I X -j DROP'), 'line 4: unknown command "-I"'],
    ['an option that is not known', save('-A X --sport 1'), 'line 4: unknown option "--sport"'],
    [
      'a match that is not known',
      save('-A X -m limit --limit 5/min'),
      'line 4: unknown match "limit"',
    ],
    [
      'an option of a match',
      save('-A X -p tcp -m tcp --tcp-flags SYN SYN'),
      'line 4: unknown option "--tcp-flags"',
    ],
    ['a match without its protocol', save('-A X -m tcp --dport 1'), 'line 4: -m tcp needs -p tcp'],
    [
      'a port beyond the last',
      save('-A X -p tcp -m tcp --dport 65536'),
      'line 4: expected a port from 0 to 65535, not "65536"',
    ],
    [
      'a range of ports',
      save('-A X -p tcp -m tcp --dport 1:2'),
      'line 4: expected a port from 0 to 65535, not "1:2"',
    ],
    [
      'a mask of dots',
      save('-A X -s 10.0.0.0/255.0.0.0'),
      'line 4: expected an address or a network, not "10.0.0.0/255.0.0.0"',
    ],
    ['an address of IPv6', save('-A X -s fd00::/8'), 'line 4: iptables knows IPv4 only'],
    ['two sources', save('-A X -s 10.0.0.1 ! -s 10.0.0.2'), 'line 4: -s stands twice'],
    ['a negated target', save('-A X ! -j DROP'), 'line 4: -j cannot be negated'],
    ['words behind the target', save('-A X -j DROP -s 10.0.0.1'), 'line 4: unknown word "-s"'],
    ['a target without a name', save('-A X -j'), 'line 4: a chain or a target is missing'],
    [
      'a quote without an end',
      save('-A X -m comment --comment "a'),
      'line 4: a quote is not closed',
    ],
    [
      'a quote that ends in a backslash',
      save('-A X -m comment --comment "a\\'),
      'line 4: a quote is not closed',
    ],
    [
      'a mark beyond 32 bits',
      save('-A X -m mark --mark 4294967296'),
      'line 4: expected a mark such as 0x4000/0x4000, not "4294967296"',
    ],
    [
      'an unknown state',
      save('-A X -m conntrack --ctstate NEW,OLD'),
      'line 4: unknown state "OLD"',
    ],
    [
      'a probability above one',
      save('-A X -m statistic --mode random --probability 1.5'),
      'line 4: expected a probability from 0 to 1, not "1.5"',
    ],
    [
      'a destination without an address',
      save('-A X -j DNAT --to-destination :80'),
      'line 4: expected a destination such as 10.244.0.10:80, not ":80"',
    ],
    [
      'a range of destinations',
      save('-A X -j DNAT --to-destination 10.0.0.1-10.0.0.2'),
      'line 4: expected a destination such as 10.244.0.10:80, not "10.0.0.1-10.0.0.2"',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(errorOf(text)).toBe(message)
  })

  it('shows only the beginning of what it does not know', () => {
    expect(errorOf('x'.repeat(1_000_000)).length).toBeLessThan(200)
  })

  it('says where any text is wrong', () => {
    const words = [
      '*nat',
      '*filter',
      ':X - [0:0]',
      '-A X',
      '-s',
      '!',
      '10.0.0.0/8',
      '-m',
      'comment',
      '--comment',
      '"',
      '\\',
      '-j',
      'DNAT',
      'COMMIT',
      '\n',
      ' ',
      '[0:0]',
      '__proto__',
    ]
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 30 }),
        (pieces) => {
          // anything else than TableSyntaxError comes out of errorOf as it is
          expect(errorOf(pieces.join(' '))).toMatch(/^(?:line \d+: |no error$)/)
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })
})
