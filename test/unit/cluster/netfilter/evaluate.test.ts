import { Random } from '#environment.ts'
import { evaluate } from '#netfilter/evaluate.ts'
import { parseIptablesSave } from '#netfilter/iptables-parse.ts'
import { parseNftList } from '#netfilter/nftables-parse.ts'
import type { ConnectionState } from '#netfilter/packet.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Part } from '#netfilter/rule.ts'
import { RuleMemory } from '#netfilter/rule-memory.ts'
import { EMPTY_RULESET, type Change, type Ruleset } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import { describe, expect, test } from 'vitest'
import { context, ip, packet, packetText, stepTexts } from '../../../support/netfilter.ts'

const WEB = packet('tcp 10.244.0.5:40000 > 10.96.10.1:80')

/** The rules in the chain PREROUTING of a table; a packet that meets no end of its own is accepted. */
const natRules = (...lines: readonly string[]): Ruleset =>
  parseIptablesSave(
    [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':POSTROUTING ACCEPT [0:0]',
      ':A - [0:0]',
      ':B - [0:0]',
      ':C - [0:0]',
      ...lines.map((line) => `-A ${line}`),
      'COMMIT',
      '',
    ].join('\n'),
  )

const filterRules = (...lines: readonly string[]): Ruleset =>
  parseIptablesSave(
    [
      '*filter',
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ...lines.map((line) => `-A ${line}`),
      'COMMIT',
      '',
    ].join('\n'),
  )

/** One rule that drops what has these parts. */
const drops = (...parts: readonly Part[]): Ruleset =>
  applyChanges(EMPTY_RULESET, [
    { kind: 'table', table: 'ip filter' },
    {
      kind: 'chain',
      table: 'ip filter',
      chain: {
        name: 'FORWARD',
        base: { type: 'filter', hook: 'forward', priority: 0, policy: 'accept' },
        rules: [{ parts: [...parts, { kind: 'verdict', verdict: { kind: 'drop' } }] }],
      },
    },
  ])

describe('matches', () => {
  const icmp = packet('icmp 10.244.0.5:0 > 10.96.10.1:0')
  const fromNode = packet('tcp 192.168.49.2:40000 > 10.96.10.1:80')
  test.each<[string, typeof WEB, boolean]>([
    ['-s 10.244.0.5/32', WEB, true],
    ['-s 10.244.0.4/32', WEB, false],
    ['-s 10.244.0.0/16', WEB, true],
    ['-s 10.245.0.0/16', WEB, false],
    ['-s 0.0.0.0/0', WEB, true],
    ['! -s 10.244.0.0/16', WEB, false],
    ['! -s 10.245.0.0/16', WEB, true],
    ['-d 10.96.10.1/32', WEB, true],
    ['-d 128.0.0.0/1', WEB, false],
    ['-d 128.0.0.0/1', packet('tcp 10.244.0.5:1 > 200.1.1.1:1'), true],
    ['-p tcp', WEB, true],
    ['-p udp', WEB, false],
    ['-p tcp -m tcp --dport 80', WEB, true],
    ['-p tcp -m tcp --dport 81', WEB, false],
    ['-p udp -m udp --dport 80', WEB, false],
    ['-p tcp -m tcp', WEB, true],
    ['-m mark --mark 0x4000/0x4000', WEB, false],
    ['-m mark --mark 0x4000/0x4000', { ...WEB, mark: 0x4001 }, true],
    ['-m mark ! --mark 0x4000/0x4000', WEB, true],
    ['-m mark --mark 0x80000000/0x80000000', { ...WEB, mark: 0x80000000 }, true],
    ['-m addrtype --dst-type LOCAL', WEB, false],
    ['-m addrtype --src-type LOCAL', fromNode, true],
    ['-i cni0', { ...WEB, input: 'cni0' }, true],
    ['-i cni0', { ...WEB, input: 'cni1' }, false],
    ['-i cni0', WEB, false],
    ['! -i cni0', WEB, true],
    ['-i veth+', { ...WEB, input: 'veth4f' }, true],
    ['-p icmp', icmp, true],
  ])('%s %#', (match, given, isDropped) => {
    const { outcome } = evaluate(
      filterRules(`FORWARD ${match} -j DROP`),
      'forward',
      given,
      context(),
    )
    expect(outcome.kind).toBe(isDropped ? 'drop' : 'accept')
  })

  test.each<[string, ConnectionState, boolean, boolean]>([
    ['NEW', 'new', false, true],
    ['NEW', 'established', false, false],
    ['RELATED,ESTABLISHED', 'established', false, true],
    ['INVALID', 'invalid', false, true],
    ['DNAT', 'new', true, true],
    ['DNAT', 'established', false, false],
  ])('--ctstate %s', (states, state, isDnat, isDropped) => {
    const given = context({ state, isDnat })
    const plain = filterRules(`FORWARD -m conntrack --ctstate ${states} -j DROP`)
    const negated = filterRules(`FORWARD -m conntrack ! --ctstate ${states} -j DROP`)
    expect(evaluate(plain, 'forward', WEB, given).outcome.kind === 'drop').toBe(isDropped)
    expect(evaluate(negated, 'forward', WEB, given).outcome.kind === 'drop').toBe(!isDropped)
  })

  test('one of several networks', () => {
    const cidrs = ['10.244.0.0', '10.0.0.0'].map((text) => ({ network: ip(text), prefix: 24 }))
    const rules = drops({ kind: 'addresses', side: 'source', cidrs })
    const others = drops({ kind: 'addresses', side: 'source', cidrs, isNegated: true })
    expect(evaluate(rules, 'forward', WEB, context()).outcome.kind).toBe('drop')
    expect(evaluate(others, 'forward', WEB, context()).outcome.kind).toBe('accept')
  })

  test('IPv6 addresses, in tables of IPv6 and of both', () => {
    const six = packet('tcp fd00::5:40000 > fd00:10::1:80')
    const tables = (family: 'ip' | 'ip6' | 'inet'): Ruleset =>
      parseNftList(
        `table ${family} t {\n\tchain c {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n`,
      )
    const ends = (['ip', 'ip6', 'inet'] as const).map((family) =>
      [six, WEB].map((given) => evaluate(tables(family), 'forward', given, context()).outcome.kind),
    )
    expect(ends).toEqual([
      ['accept', 'drop'],
      ['drop', 'accept'],
      ['drop', 'drop'],
    ])
    const source = { kind: 'address', side: 'source' } as const
    const inside = drops({ ...source, cidr: { network: ip('10.244.0.0'), prefix: 16 } })
    expect(evaluate(inside, 'forward', six, context()).outcome.kind).toBe('accept')
  })
})

describe('verdicts', () => {
  test('a jump comes back, and the next rule is looked at', () => {
    const rules = natRules(
      'PREROUTING -j A',
      'PREROUTING -j DNAT --to-destination 10.0.0.2:2',
      'A -p udp -j DNAT --to-destination 10.0.0.1:1',
    )
    const { packet: after, steps, tried } = evaluate(rules, 'prerouting', WEB, context())
    expect(packetText(after)).toBe('tcp 10.244.0.5:40000 > 10.0.0.2:2')
    expect(stepTexts(steps)).toEqual([
      'ip nat PREROUTING 0: jump A',
      'ip nat PREROUTING 1: dnat 10.0.0.2:2',
    ])
    expect(steps.map((step) => step.tried)).toEqual([1, 3])
    expect(tried).toBe(3)
    expect(steps[1]?.rule).toBe(rules.get('ip nat')?.chains.get('PREROUTING')?.rules[1])
  })

  test('a chain that is gone to comes back to where the chain before would have', () => {
    const rules = natRules(
      'PREROUTING -j A',
      'PREROUTING -j DNAT --to-destination 10.0.0.9:9',
      'A -g B',
      'A -j DNAT --to-destination 10.0.0.1:1',
      'B -j MARK --set-xmark 0x1/0x0',
    )
    const { steps } = evaluate(rules, 'prerouting', WEB, context())
    expect(stepTexts(steps)).toEqual([
      'ip nat PREROUTING 0: jump A',
      'ip nat A 0: goto B',
      'ip nat B 0: mark 0 1',
      'ip nat PREROUTING 1: dnat 10.0.0.9:9',
    ])
  })

  test('return leaves a chain, and a base chain by its policy', () => {
    const rules = natRules(
      'PREROUTING -j A',
      'PREROUTING -j RETURN',
      'PREROUTING -j DNAT --to-destination 10.0.0.9:9',
      'A -j RETURN',
      'A -j DNAT --to-destination 10.0.0.1:1',
    )
    const { packet: after, outcome, steps } = evaluate(rules, 'prerouting', WEB, context())
    expect(after).toBe(WEB)
    expect(outcome.kind).toBe('accept')
    expect(stepTexts(steps)).toEqual([
      'ip nat PREROUTING 0: jump A',
      'ip nat A 0: return',
      'ip nat PREROUTING 1: return',
    ])
  })

  test('a policy of drop takes what no rule decided on', () => {
    const rules = parseIptablesSave(
      '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -p udp -j ACCEPT\nCOMMIT\n',
    )
    const { outcome, steps } = evaluate(rules, 'forward', WEB, context())
    expect(outcome).toEqual({ kind: 'drop' })
    expect(stepTexts(steps)).toEqual(['ip filter FORWARD -1: drop'])
    const udp = packet('udp 10.244.0.5:1 > 10.0.0.1:53')
    expect(evaluate(rules, 'forward', udp, context()).outcome.kind).toBe('accept')
  })

  test('reject says with what', () => {
    const plain = filterRules('FORWARD -j REJECT --reject-with icmp-port-unreachable')
    const reset = drops()
    expect(evaluate(plain, 'forward', WEB, context()).outcome).toEqual({
      kind: 'reject',
      with: 'icmp-port-unreachable',
    })
    expect(evaluate(reset, 'forward', WEB, context()).outcome).toEqual({ kind: 'drop' })
  })

  test('accept ends one base chain, drop ends all; lower priorities come first', () => {
    const table = (first: string, second: string): Ruleset =>
      parseNftList(
        [
          'table ip t {',
          '\tchain late {',
          `\t\ttype filter hook forward priority 10; policy accept;`,
          `\t\t${second}`,
          '\t}',
          '\tchain early {',
          `\t\ttype filter hook forward priority -10; policy accept;`,
          `\t\t${first}`,
          '\t}',
          '}',
          '',
        ].join('\n'),
      )
    const mark = 'meta mark set meta mark | 0x00000001'
    const accepted = evaluate(table('accept', mark), 'forward', WEB, context())
    expect(stepTexts(accepted.steps)).toEqual(['ip t early 0: accept', 'ip t late 0: mark 0 1'])
    const dropped = evaluate(table('drop', mark), 'forward', WEB, context())
    expect(stepTexts(dropped.steps)).toEqual(['ip t early 0: drop'])
    expect(evaluate(table('accept', 'drop'), 'forward', WEB, context()).outcome.kind).toBe('drop')
  })
})

describe('statements', () => {
  test('marks are set, added to and taken away', () => {
    const rules = natRules(
      'PREROUTING -j MARK --set-xmark 0x4000/0x4000',
      'PREROUTING -j MARK --set-xmark 0x80000000/0x80000000',
      'PREROUTING -j MARK --set-xmark 0x4000/0x0',
      'PREROUTING -j MARK --set-xmark 0x7/0xffffffff',
    )
    const { steps, packet: after } = evaluate(rules, 'prerouting', { ...WEB, mark: 1 }, context())
    expect(stepTexts(steps).map((text) => text.split(': ')[1])).toEqual([
      'mark 1 4001',
      'mark 4001 80004001',
      'mark 80004001 80000001',
      'mark 80000001 7',
    ])
    expect(after.mark).toBe(7)
  })

  test('an account counts what comes as far as it', () => {
    const memory = new RuleMemory()
    const rules = filterRules(
      'FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct -j DROP',
    )
    evaluate(rules, 'forward', WEB, context({ memory }))
    evaluate(rules, 'forward', WEB, context({ memory, state: 'invalid' }))
    evaluate(rules, 'forward', WEB, context({ memory, state: 'invalid' }))
    expect(memory.counter('ct')).toBe(2)
    expect(memory.counter('other')).toBe(0)
  })

  test('a list remembers a client for so many seconds, and others not at all', () => {
    const memory = new RuleMemory()
    const rules = natRules(
      'PREROUTING -m recent --rcheck --seconds 60 --reap --name A --mask 255.255.255.255 --rsource -j A',
      'PREROUTING -j B',
      'A -p tcp -m recent --set --name A --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.0.0.1:1',
      'B -p tcp -m recent --set --name A --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.0.0.1:1',
    )
    const way = (now: number, given = WEB): string | undefined =>
      stepTexts(evaluate(rules, 'prerouting', given, context({ memory, now })).steps).at(-1)
    const again = 'ip nat A 0: remember A, dnat 10.0.0.1:1'
    const first = 'ip nat B 0: remember A, dnat 10.0.0.1:1'
    expect(way(0)).toBe(first)
    expect(way(60_000)).toBe(again)
    // it was seen again, so that its minute begins anew
    expect(way(120_000)).toBe(again)
    expect(way(180_001)).toBe(first)
    expect(way(180_001, packet('tcp 10.244.0.6:40000 > 10.96.10.1:80'))).toBe(first)
  })
})

const NFT = parseNftList(
  `table ip kube-proxy {
	set cluster-ips {
		type ipv4_addr
		elements = { 10.96.0.1, 10.96.10.1 }
	}

	set sources {
		type ipv4_addr . inet_service
		flags interval
		elements = { 10.244.0.0/16 . 80 }
	}

	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.10.1 . tcp . 80 : goto service-web,
			     10.96.10.1 . udp . 53 : drop }
	}

	set affinity-a {
		type ipv4_addr
		size 2
		flags dynamic,timeout
		timeout 1m
	}

	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}

	chain filter-prerouting {
		type filter hook prerouting priority dstnat - 10; policy accept;
		ip daddr . th dport @sources drop
	}

	chain filter-forward {
		type filter hook forward priority filter; policy accept;
		ip saddr . th dport @sources drop
	}

	chain services {
		ip daddr @cluster-ips ip saddr != 10.244.0.0/16 meta mark set meta mark | 0x00004000 comment "masquerade"
		ip daddr . meta l4proto . th dport vmap @service-ips
	}

	chain endpoint-a {
		update @affinity-a { ip saddr }
		meta l4proto tcp dnat to 10.244.0.10:8080
	}

	chain endpoint-b {
		meta l4proto tcp dnat to 10.244.1.10:8080
	}

	chain service-web {
		ip saddr @affinity-a goto endpoint-a
		numgen random mod 2 vmap { 0 : goto endpoint-a, 1 : goto endpoint-b }
	}
}
`,
)

describe('sets and maps', () => {
  test('a map leads on by the key of the packet', () => {
    const { steps, packet: after } = evaluate(
      NFT,
      'prerouting',
      packet('tcp 192.168.49.9:40000 > 10.96.10.1:80'),
      context({ random: () => 0xffff_ffff }),
    )
    expect(stepTexts(steps)).toEqual([
      'ip kube-proxy nat-prerouting 0: jump services',
      'ip kube-proxy services 0: lookup cluster-ips 10.96.10.1 found, mark 0 4000',
      'ip kube-proxy services 1: lookup service-ips 10.96.10.1 . tcp . 80 found, goto service-web',
      'ip kube-proxy service-web 1: goto endpoint-b',
      'ip kube-proxy endpoint-b 0: dnat 10.244.1.10:8080',
    ])
    expect(steps[3]).toMatchObject({ probability: 0.5, share: 0.5 })
    expect(packetText(after)).toBe('tcp 192.168.49.9:40000 > 10.244.1.10:8080')
    expect(after.mark).toBe(0x4000)
  })

  test('a map that has nothing for the packet says so, and the next rule is looked at', () => {
    const { steps, outcome } = evaluate(
      NFT,
      'prerouting',
      packet('tcp 10.244.0.5:40000 > 10.96.10.1:81'),
      context(),
    )
    expect(outcome.kind).toBe('accept')
    expect(stepTexts(steps).at(-1)).toBe(
      'ip kube-proxy services 1: lookup service-ips 10.96.10.1 . tcp . 81 absent',
    )
  })

  test('a verdict in a map takes effect by itself', () => {
    const udp = packet('udp 10.244.0.5:40000 > 10.96.10.1:53')
    expect(evaluate(NFT, 'prerouting', udp, context()).outcome).toEqual({ kind: 'drop' })
  })

  test('a packet without ports is in no map of ports', () => {
    const ping = packet('icmp 10.244.0.5:0 > 10.96.10.1:0')
    const { outcome, steps } = evaluate(NFT, 'prerouting', ping, context())
    expect(outcome.kind).toBe('accept')
    expect(stepTexts(steps)).toEqual(['ip kube-proxy nat-prerouting 0: jump services'])
  })

  test('a set of networks holds the addresses in them', () => {
    const ends = [
      '10.244.7.7:1 > 1.1.1.1:80',
      '10.244.7.7:1 > 1.1.1.1:81',
      '10.245.0.1:1 > 1.1.1.1:80',
    ]
    expect(
      ends.map((text) => evaluate(NFT, 'forward', packet(`tcp ${text}`), context()).outcome.kind),
    ).toEqual(['drop', 'accept', 'accept'])
  })

  test('an element that a rule adds leaves after the time of its set, and a full set takes no more', () => {
    const memory = new RuleMemory()
    const go = (client: string, now: number, random: number): string => {
      const given = packet(`tcp ${client}:40000 > 10.96.10.1:80`)
      const choose = (): number => random
      return stepTexts(
        evaluate(NFT, 'prerouting', given, context({ memory, now, random: choose })).steps,
      )
        .slice(2)
        .map((text) => text.replace('ip kube-proxy ', ''))
        .join('; ')
    }
    const a = 0
    const b = 0xffff_ffff
    expect(go('10.244.0.5', 0, a)).toBe(
      'service-web 1: goto endpoint-a; endpoint-a 0: update affinity-a 10.244.0.5; endpoint-a 1: dnat 10.244.0.10:8080',
    )
    expect(go('10.244.0.5', 59_999, b)).toBe(
      'service-web 0: lookup affinity-a 10.244.0.5 found, goto endpoint-a; endpoint-a 0: update affinity-a 10.244.0.5; endpoint-a 1: dnat 10.244.0.10:8080',
    )
    expect(go('10.244.0.6', 60_000, b)).toContain('goto endpoint-b')
    expect(go('10.244.0.6', 60_000, a)).toContain('update affinity-a 10.244.0.6;')
    // two are in it
    expect(go('10.244.0.7', 60_000, a)).toContain('update affinity-a 10.244.0.7 full;')
    expect(go('10.244.0.7', 120_000, b)).toContain('goto endpoint-b')
    // by now both are gone
    expect(go('10.244.0.7', 120_000, a)).toContain('update affinity-a 10.244.0.7;')
    expect(memory.elementsOf('ip kube-proxy affinity-a', 120_000)).toEqual([['10.244.0.7', 60_000]])
  })
})

describe('nat chains', () => {
  const rules = natRules('PREROUTING -j DNAT --to-destination 10.0.0.1')

  test('are asked for the first packet of a connection only', () => {
    const first = evaluate(rules, 'prerouting', WEB, context())
    expect(packetText(first.packet)).toBe('tcp 10.244.0.5:40000 > 10.0.0.1:80')
    expect(first.nat).toMatchObject({ kind: 'dnat' })
    for (const state of ['established', 'invalid', 'untracked'] as const) {
      const later = evaluate(rules, 'prerouting', WEB, context({ state }))
      expect([later.packet, later.tried]).toEqual([WEB, 0])
    }
  })

  test('stand between the chains before -100 and those after', () => {
    const filters = NFT.withChanges([['ip nat', rules.get('ip nat')]])
    // filter-prerouting stands at -110 and sees the packet as it came
    const before = packet('tcp 1.1.1.1:1 > 10.244.0.1:80')
    expect(evaluate(filters, 'prerouting', before, context()).outcome.kind).toBe('drop')
    const after = parseNftList(
      'table ip t {\n\tchain c {\n\t\ttype filter hook prerouting priority filter; policy accept;\n\t\tip daddr 10.0.0.1 ct status dnat drop\n\t}\n}\n',
    ).withChanges([['ip nat', rules.get('ip nat')]])
    expect(evaluate(after, 'prerouting', WEB, context()).outcome.kind).toBe('drop')
  })

  test('change no addresses where the kernel would not let them', () => {
    const elsewhere = parseIptablesSave(
      '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A PREROUTING -j MASQUERADE\n-A INPUT -j DNAT --to-destination 10.0.0.1\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n',
    )
    expect(evaluate(elsewhere, 'prerouting', WEB, context()).nat).toBeUndefined()
    expect(evaluate(elsewhere, 'input', WEB, context()).nat).toBeUndefined()
    expect(evaluate(elsewhere, 'postrouting', WEB, context()).nat).toEqual({
      kind: 'masquerade',
      isRandom: false,
    })
  })
})

describe('chance', () => {
  const count = (rules: Ruleset, times: number): Map<string, number> => {
    const random = new Random(42)
    const counts = new Map<string, number>()
    for (let index = 0; index < times; index++) {
      const { packet: after } = evaluate(rules, 'prerouting', WEB, {
        ...context(),
        random: () => random.next(),
      })
      const text = packetText(after).split(' > ')[1]!
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    return counts
  }

  test('spreads over three endpoints evenly as kube-proxy writes it for iptables', () => {
    const rules = natRules(
      'PREROUTING -m statistic --mode random --probability 0.33333333349 -j A',
      'PREROUTING -m statistic --mode random --probability 0.50000000000 -j B',
      'PREROUTING -j C',
      'A -j DNAT --to-destination 10.0.0.1:1',
      'B -j DNAT --to-destination 10.0.0.2:2',
      'C -j DNAT --to-destination 10.0.0.3:3',
    )
    const counts = count(rules, 30_000)
    expect([...counts.keys()].sort()).toEqual(['10.0.0.1:1', '10.0.0.2:2', '10.0.0.3:3'])
    // 5 standard deviations
    for (const times of counts.values()) expect(Math.abs(times - 10_000)).toBeLessThan(410)
  })

  test('tells how probable each way was', () => {
    const rules = natRules(
      'PREROUTING -m statistic --mode random --probability 0.25000000000 -j A',
      'PREROUTING -m statistic --mode random --probability 0.50000000000 -j B',
      'PREROUTING -j C',
      'PREROUTING -j DNAT --to-destination 10.0.0.1',
    )
    const chances = (...numbers: readonly number[]): unknown => {
      const left = [...numbers]
      const { steps } = evaluate(rules, 'prerouting', WEB, context({ random: () => left.shift()! }))
      return steps.map(({ index, probability, share }) => [index, probability, share])
    }
    const never = 0x7fff_ffff
    expect(chances(never, never)).toEqual([
      [2, undefined, 0.375],
      [3, undefined, 0.375],
    ])
    expect(chances(never, 0)).toEqual([
      [1, 0.5, 0.375],
      [2, undefined, 0.375],
      [3, undefined, 0.375],
    ])
    // the highest bit does not count
    expect(chances(0x8000_0000, never)).toEqual([
      [0, 0.25, 0.25],
      [2, undefined, 0.125],
      [3, undefined, 0.125],
    ])
  })

  test('spreads over endpoints of nftables evenly', () => {
    const to = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'].map((text) => ({
      ip: ip(text),
      port: 80,
    }))
    const changes: Change[] = [
      { kind: 'table', table: 'ip t' },
      {
        kind: 'chain',
        table: 'ip t',
        chain: {
          name: 'c',
          base: { type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept' },
          rules: [{ parts: [{ kind: 'spreadDnat', to }] }],
        },
      },
    ]
    const counts = count(applyChanges(EMPTY_RULESET, changes), 30_000)
    expect(counts.size).toBe(5)
    for (const times of counts.values()) expect(Math.abs(times - 6_000)).toBeLessThan(350)
  })
})

describe('rulesets that came out of no transaction', () => {
  test('are refused where a packet comes to what is not there', () => {
    const broken = PersistentMap.of([
      ['ip nat', { ...natRules('PREROUTING -j A').get('ip nat')! }],
    ]).withChanges([])
    const table = broken.get('ip nat')!
    const torn: Ruleset = broken.with('ip nat', { ...table, chains: table.chains.without('A') })
    expect(() => evaluate(torn, 'prerouting', WEB, context())).toThrow('ip nat has no chain A')
  })

  test('are left where chains lead on without end', () => {
    const round = natRules('PREROUTING -j A', 'A -g B', 'B -g A')
    expect(() => evaluate(round, 'prerouting', WEB, context())).toThrow(/without end/)
  })
})
