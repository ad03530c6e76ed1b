import { Random } from '#environment.ts'
import { evaluate } from '#netfilter/evaluate.ts'
import type { Evaluation } from '#netfilter/evaluation.ts'
import { parseIptablesSave } from '#netfilter/iptables-parse.ts'
import { nextRule } from '#netfilter/rule-index.ts'
import { RuleMemory } from '#netfilter/rule-memory.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { context, packet, packetText, stepTexts } from '../../../support/netfilter.ts'

const chainOf = (lines: readonly string[]) =>
  parseIptablesSave(
    [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':OTHER - [0:0]',
      ...lines.map((line) => `-A PREROUTING ${line}`),
      '-A OTHER -j MARK --set-xmark 0x8/0x8',
      'COMMIT',
      '',
    ].join('\n'),
  )

const rulesOf = (lines: readonly string[]) =>
  chainOf(lines).get('ip nat')!.chains.get('PREROUTING')!.rules

const WEB = packet('tcp 10.244.0.5:40000 > 10.96.0.1:80')

describe('a chain with a rule for each of many addresses', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `-d 10.96.0.${at}/32 -p tcp -j RETURN`)

  test('is asked for the rules of one address', () => {
    const rules = rulesOf(lines)
    expect(nextRule(rules, 0, WEB)).toBe(1)
    expect(nextRule(rules, 1, WEB)).toBe(1)
    expect(nextRule(rules, 2, WEB)).toBe(100)
  })

  test('is not passed by where a rule is about everybody', () => {
    const rules = rulesOf([...lines, '-m comment --comment "for all" -j RETURN'])
    expect(nextRule(rules, 2, WEB)).toBe(100)
  })

  test('counts every rule that a kernel tries', () => {
    const { tried } = evaluate(chainOf(lines.slice(2)), 'prerouting', WEB, context())
    expect(tried).toBe(98)
  })
})

const address = fc.integer({ min: 0, max: 4 }).map((at) => `10.96.0.${at}`)
const port = fc.integer({ min: 80, max: 84 })

/** Matches of all kinds, some of which want chance or leave something behind. */
const match = fc.oneof(
  address.map((ip) => `-d ${ip}/32`),
  address.map((ip) => `! -d ${ip}/32`),
  fc.constantFrom('-d 10.96.0.0/31', '-s 10.244.0.5/32', '-p tcp', '-p udp'),
  port.map((dport) => `-p tcp -m tcp --dport ${dport}`),
  fc.constantFrom(
    '-m comment --comment "words"',
    '-m mark --mark 0x4/0x4',
    '-m statistic --mode random --probability 0.50000000000',
    '-m recent --rcheck --seconds 10 --reap --name LIST --mask 255.255.255.255 --rsource',
    '-m recent --set --name LIST --mask 255.255.255.255 --rsource',
  ),
)

/** `-p` twice is no rule. */
const isOnce = (matches: readonly string[]): boolean =>
  ['-d', '-s', '-p', 'recent', 'comment', 'statistic', 'mark'].every(
    (word) => matches.filter((text) => text.split(' ').includes(word)).length < 2,
  )

const rule = fc
  .tuple(
    fc.array(match, { minLength: 1, maxLength: 3 }).filter(isOnce),
    fc.constantFrom('MARK --set-xmark 0x4/0x4', 'MARK --set-xmark 0x1/0x0', 'OTHER', 'RETURN'),
  )
  .map(([matches, target]) => `${matches.join(' ')} -j ${target}`)

/** Rules that do nothing to anybody: with more of them than of all others nothing is looked up. */
const nothings = (count: number): readonly string[] =>
  Array.from({ length: count }, () => '-m comment --comment "nothing"')

const told = ({ steps, packet: after, outcome }: Evaluation) => ({
  steps: stepTexts(steps),
  tried: steps.map((step) => step.tried),
  after: packetText(after),
  mark: after.mark,
  outcome,
})

test('a packet goes the same way whether rules are looked up or tried one after the other', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 10, maxLength: 60 }),
      address,
      port,
      fc.constantFrom('tcp', 'udp'),
      (lines, ip, dport, protocol) => {
        // enough rules about nothing but addresses, so that a table is made
        const about = lines.flatMap((line) => [
          '-d 10.96.9.9/32 -j RETURN',
          '-d 10.96.9.8/32 -j RETURN',
          line,
        ])
        const sent = packet(`${protocol} 10.244.0.5:40000 > ${ip}:${dport}`)
        const [lookedUp, tried] = [about, [...about, ...nothings(200)]].map((chain) => {
          const random = new Random(1)
          const own = { random: () => random.next(), memory: new RuleMemory() }
          return told(evaluate(chainOf(chain), 'prerouting', sent, { ...context(), ...own }))
        })
        expect(lookedUp).toEqual(tried)
      },
    ),
    { numRuns: 120, seed: 20 },
  )
})
