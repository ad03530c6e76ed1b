import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Part, Rule } from '#netfilter/rule.ts'
import {
  EMPTY_RULESET,
  type BaseChain,
  type Change,
  type ElementSet,
  type Ruleset,
} from '#netfilter/ruleset.ts'
import { applyChanges, RulesetError } from '#netfilter/transaction.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const TABLE = 'ip kube-proxy'
const BASE: BaseChain = { type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept' }

const rule = (...parts: readonly Part[]): Rule => ({ parts })
const jump = (chain: string): Rule => rule({ kind: 'verdict', verdict: { kind: 'jump', chain } })
const table: Change = { kind: 'table', table: TABLE }
const chain = (name: string, ...rules: readonly Rule[]): Change => ({
  kind: 'chain',
  table: TABLE,
  chain: { name, rules },
})
const baseChain = (name: string, ...rules: readonly Rule[]): Change => ({
  kind: 'chain',
  table: TABLE,
  chain: { name, base: BASE, rules },
})
const deleteChain = (name: string): Change => ({ kind: 'deleteChain', table: TABLE, name })
const set = (name: string, more: Partial<ElementSet> = {}): Change => ({
  kind: 'set',
  table: TABLE,
  set: { name, types: ['ipv4_addr'], elements: PersistentMap.empty(), ...more },
})
const serviceMap = (name: string): Change =>
  set(name, { types: ['ipv4_addr', 'inet_proto', 'inet_service'], isMap: true })
const deleteSet = (name: string): Change => ({ kind: 'deleteSet', table: TABLE, name })
const goTo = (name: string, key: string, to: string): Change => ({
  kind: 'element',
  table: TABLE,
  set: name,
  key,
  element: { verdict: { kind: 'goto', chain: to } },
})
const deleteElement = (name: string, key: string): Change => ({
  kind: 'deleteElement',
  table: TABLE,
  set: name,
  key,
})
const vmap = (map: string): Rule =>
  rule({ kind: 'vmap', fields: ['ip daddr', 'meta l4proto', 'th dport'], map })
const lookup = (name: string): Rule => rule({ kind: 'lookup', fields: ['ip saddr'], set: name })

const WEB = '10.96.10.1 . tcp . 80'

/** A small ruleset of every kind of reference. */
const FULL = applyChanges(EMPTY_RULESET, [
  table,
  serviceMap('service-ips'),
  set('cluster-ips'),
  set('affinity', { timeoutSeconds: 60 }),
  chain('endpoint', rule({ kind: 'update', set: 'affinity', fields: ['ip saddr'] })),
  chain('service', lookup('affinity'), jump('endpoint')),
  goTo('service-ips', WEB, 'service'),
  chain('services', lookup('cluster-ips'), vmap('service-ips')),
  baseChain('nat-prerouting', jump('services')),
])

describe('refused', () => {
  test.each<[string, readonly Change[], number, string]>([
    ['a change of no table', [{ ...chain('a'), table: 'ip nat' }], 0, 'there is no table ip nat'],
    [
      'a table of no family',
      [{ kind: 'table', table: 'bridge x' }],
      0,
      '"bridge x" is no family and name',
    ],
    [
      'a change of a table that was deleted before',
      [{ kind: 'deleteTable', table: TABLE }, chain('a')],
      1,
      'there is no table ip kube-proxy',
    ],
    ['a jump to no chain', [chain('a', jump('b'))], 0, 'there is no chain b'],
    [
      'a verdict by chance that leads to no chain',
      [chain('a', rule({ kind: 'spreadVerdicts', verdicts: [{ kind: 'goto', chain: 'b' }] }))],
      0,
      'there is no chain b',
    ],
    [
      'an element that leads to no chain',
      [goTo('service-ips', '10.96.0.1 . tcp . 443', 'b')],
      0,
      'there is no chain b',
    ],
    ['a look into no set', [chain('a', lookup('b'))], 0, 'there is no set b'],
    ['a look into no map', [chain('a', vmap('b'))], 0, 'there is no set b'],
    ['an element of no set', [goTo('b', WEB, 'service')], 0, 'there is no set b'],
    ['the deletion of no chain', [deleteChain('b')], 0, 'there is no chain b'],
    ['the deletion of no set', [deleteSet('b')], 0, 'there is no set b'],
    [
      'the deletion of no element',
      [deleteElement('service-ips', '10.96.0.1 . tcp . 443')],
      0,
      'the set has no such element',
    ],
    [
      'the deletion of a chain that a rule leads to',
      [chain('other'), deleteChain('endpoint')],
      1,
      'endpoint is in use by one rule or element',
    ],
    [
      'the deletion of a chain that an element leads to',
      [deleteChain('service')],
      0,
      'service is in use by one rule or element',
    ],
    [
      'the deletion of a set that rules look into',
      [deleteSet('affinity')],
      0,
      'affinity is in use by 2 rules',
    ],
    [
      'a jump to a base chain',
      [chain('a', jump('nat-prerouting'))],
      0,
      'nat-prerouting is a base chain: packets come to it from its hook alone',
    ],
    [
      'a base chain where others lead',
      [baseChain('services')],
      0,
      'services is in use by one rule or element: it cannot become a base chain',
    ],
    ['a chain that leads to itself', [chain('a', jump('a'))], 0, 'chains lead in a loop: a -> a'],
    [
      'a loop through old chains',
      [chain('endpoint', jump('service'))],
      0,
      'chains lead in a loop: service -> endpoint -> service',
    ],
    [
      'a loop through a map',
      [chain('endpoint', vmap('service-ips'))],
      0,
      'chains lead in a loop: endpoint -> service -> endpoint',
    ],
    [
      'a loop by an element',
      [chain('x', vmap('m')), serviceMap('m'), goTo('m', WEB, 'x')],
      2,
      'chains lead in a loop: x -> x',
    ],
    [
      'a key of too few parts',
      [goTo('service-ips', '10.96.0.1 . tcp', 'service')],
      0,
      '"10.96.0.1 . tcp" has 2 parts, the set has ipv4_addr . inet_proto . inet_service',
    ],
    [
      'a key whose parts are of other types',
      [goTo('service-ips', 'tcp . 10.96.0.1 . 443', 'service')],
      0,
      '"tcp" is no ipv4_addr',
    ],
    [
      'a port that is none',
      [goTo('service-ips', '10.96.0.1 . tcp . 65536', 'service')],
      0,
      '"65536" is no inet_service',
    ],
    [
      'a network where the set has single addresses',
      [{ kind: 'element', table: TABLE, set: 'cluster-ips', key: '10.0.0.0/8', element: {} }],
      0,
      '"10.0.0.0/8" is no ipv4_addr',
    ],
    [
      'a verdict in a set',
      [goTo('cluster-ips', '10.96.0.1', 'service')],
      0,
      'an element of a set has no verdict',
    ],
    [
      'an element of a map without a verdict',
      [{ kind: 'element', table: TABLE, set: 'service-ips', key: WEB, element: {} }],
      0,
      'an element of a map needs a verdict',
    ],
    [
      'fields that do not fit the set',
      [chain('a', rule({ kind: 'lookup', fields: ['th dport'], set: 'cluster-ips' }))],
      0,
      'th dport does not fit cluster-ips, which has ipv4_addr',
    ],
    [
      'more fields than the set has',
      [chain('a', rule({ kind: 'lookup', fields: ['ip saddr', 'ip daddr'], set: 'cluster-ips' }))],
      0,
      'ip saddr . ip daddr does not fit cluster-ips, which has ipv4_addr',
    ],
    [
      'verdicts of a set',
      [chain('a', rule({ kind: 'vmap', fields: ['ip daddr'], map: 'cluster-ips' }))],
      0,
      'cluster-ips is no map',
    ],
    [
      'rules that add to a set whose elements stay',
      [chain('a', rule({ kind: 'update', fields: ['ip saddr'], set: 'cluster-ips' }))],
      0,
      'cluster-ips has no timeout: rules cannot add elements',
    ],
    [
      'another type for a set in use',
      [set('cluster-ips', { types: ['inet_service'] })],
      0,
      'cluster-ips is in use by one rule: its type must stay',
    ],
  ])('%s', (_, changes, index, reason) => {
    let error: unknown
    try {
      applyChanges(FULL, changes)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(RulesetError)
    expect(error).toMatchObject({ index, reason, change: changes[index] })
  })

  test('says which change is at fault, and changes nothing', () => {
    const before = describeAll(FULL)
    expect(() => applyChanges(FULL, [chain('a'), chain('b', jump('c'))])).toThrow(
      'change 1 (chain ip kube-proxy b): there is no chain c',
    )
    expect(describeAll(FULL)).toEqual(before)
  })
})

/** All that a ruleset holds, and what is counted beside it. */
const describeAll = (ruleset: Ruleset): unknown =>
  ruleset.sorted().map(([key, { chains, sets, index, comment }]) => ({
    key,
    comment,
    chains: chains.sorted(),
    sets: sets.sorted().map(([name, { elements, ...rest }]) => [name, rest, elements.sorted()]),
    bases: index?.bases,
    chainUses: index?.chainUses.sorted(),
    setUses: index?.setUses.sorted(),
  }))

describe('a transaction', () => {
  test('does not mind in which order things come and go', () => {
    const ruleset = applyChanges(EMPTY_RULESET, [
      table,
      chain('a', jump('b'), vmap('m')),
      chain('b'),
      serviceMap('m'),
    ])
    const gone = applyChanges(ruleset, [
      deleteChain('b'),
      deleteSet('m'),
      chain('a', jump('c')),
      chain('c'),
    ])
    const names = gone
      .get(TABLE)
      ?.chains.sorted()
      .map(([name]) => name)
    expect(names).toEqual(['a', 'c'])
    expect(gone.get(TABLE)?.sets.size).toBe(0)
  })

  test('lets what came and went again count for nothing', () => {
    const ruleset = applyChanges(FULL, [
      chain('a', jump('nowhere'), lookup('nothing')),
      chain('a'),
      serviceMap('m'),
      goTo('m', WEB, 'nowhere'),
      deleteElement('m', WEB),
    ])
    expect(ruleset.get(TABLE)?.chains.get('a')?.rules).toEqual([])
    expect(ruleset.get(TABLE)?.index?.chainUses.has('nowhere')).toBe(false)
  })

  test('is the same ruleset if nothing differs', () => {
    const services = FULL.get(TABLE)!.chains.get('services')!
    expect(applyChanges(FULL, [])).toBe(FULL)
    expect(applyChanges(FULL, [{ kind: 'chain', table: TABLE, chain: services }])).toBe(FULL)
    expect(applyChanges(FULL, [table])).toBe(FULL)
  })

  test('shares with the ruleset before what it does not touch', () => {
    const after = applyChanges(FULL, [chain('endpoint')])
    expect(after.get(TABLE)?.chains.get('service')).toBe(FULL.get(TABLE)?.chains.get('service'))
    expect(after.get(TABLE)?.sets).toBe(FULL.get(TABLE)?.sets)
    expect(FULL.get(TABLE)?.chains.get('endpoint')?.rules).toHaveLength(1)
  })

  test('replaces a table that is deleted and made again', () => {
    const after = applyChanges(FULL, [
      { kind: 'deleteTable', table: TABLE },
      { kind: 'table', table: TABLE, comment: 'anew' },
      chain('only'),
    ])
    expect(
      after
        .get(TABLE)
        ?.chains.sorted()
        .map(([name]) => name),
    ).toEqual(['only'])
    expect(after.get(TABLE)?.comment).toBe('anew')
    expect(applyChanges(after, [{ kind: 'deleteTable', table: TABLE }]).size).toBe(0)
  })

  test('takes tables that never were in a transaction, and counts what is in them', () => {
    const { index, ...parsed } = FULL.get(TABLE)!
    const ruleset: Ruleset = PersistentMap.of([[TABLE, parsed]])
    expect(() => applyChanges(ruleset, [deleteChain('endpoint')])).toThrow(/in use/)
    const after = applyChanges(ruleset, [chain('new')])
    expect(after.get(TABLE)?.index?.bases).toEqual(index?.bases)
    expect(after.get(TABLE)?.index?.chainUses.sorted()).toEqual(index?.chainUses.sorted())
    expect(after.get(TABLE)?.index?.setUses.sorted()).toEqual(index?.setUses.sorted())
  })

  test('finds chains nested deeper than calls can be', () => {
    const changes = Array.from({ length: 20_000 }, (_, index) =>
      chain(`c${index}`, jump(`c${index + 1}`)),
    )
    const straight = [table, ...changes, chain('c20000')]
    expect(applyChanges(EMPTY_RULESET, straight).get(TABLE)?.chains.size).toBe(20_001)
    const round = [...straight, chain('c20000', jump('c0'))]
    expect(() => applyChanges(EMPTY_RULESET, round)).toThrow(/chains lead in a loop/)
  })

  test('counts references as if it had counted all of them anew, whatever changes were made', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd')
    const maps = fc.constantFrom('m', 'n')
    const keys = fc.constantFrom(WEB, '10.96.0.1 . tcp . 443')
    const rules = fc.array(fc.oneof(names.map(jump), maps.map(vmap)), { maxLength: 3 })
    const change = fc.oneof(
      fc.tuple(names, rules).map(([name, list]) => chain(name, ...list)),
      fc.tuple(names, rules).map(([name, list]) => baseChain(name, ...list)),
      names.map(deleteChain),
      maps.map(serviceMap),
      maps.map(deleteSet),
      fc.tuple(maps, keys, names).map(([map, key, to]) => goTo(map, key, to)),
      fc.tuple(maps, keys).map(([map, key]) => deleteElement(map, key)),
    )
    let applied = 0
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 }), (batches) => {
        let ruleset = applyChanges(EMPTY_RULESET, [
          table,
          ...['a', 'b', 'c'].map((name) => chain(name)),
          serviceMap('m'),
        ])
        for (const batch of batches) {
          try {
            ruleset = applyChanges(ruleset, batch)
            applied++
          } catch (error) {
            expect(error).toBeInstanceOf(RulesetError)
            continue
          }
          const { index, ...bare } = ruleset.get(TABLE)!
          // a table without an index is counted whole
          const anew = applyChanges(PersistentMap.of([[TABLE, bare]]), [chain('other')]).get(
            TABLE,
          )!.index!
          expect(index?.chainUses.sorted()).toEqual(anew.chainUses.sorted())
          expect(index?.setUses.sorted()).toEqual(anew.setUses.sorted())
          expect(index?.bases).toEqual(anew.bases)
          for (const [name] of index!.chainUses.entries()) expect(bare.chains.has(name)).toBe(true)
          for (const [name] of index!.setUses.entries()) expect(bare.sets.has(name)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
    expect(applied).toBeGreaterThan(500)
  })
})
