import { changedPaths } from '#history/changed-paths.ts'
import { describe, expect, it, test } from 'vitest'

const told = (before: unknown, after: unknown): readonly string[] =>
  changedPaths(before, after, 100).changes.map(
    ({ path, from, to }) => `${path}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`,
  )

describe('changed paths', () => {
  test.each<readonly [string, unknown, unknown, readonly string[]]>([
    ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ['a value', { spec: { replicas: 2 } }, { spec: { replicas: 3 } }, ['spec.replicas: 2 → 3']],
    ['what came', {}, { spec: { a: [1] } }, ['spec: undefined → {"a":[1]}']],
    ['what went', { spec: { a: null } }, { spec: {} }, ['spec.a: null → undefined']],
    [
      'named items, wherever they stand',
      { list: [{ name: 'a', image: '1' }, { name: 'b' }] },
      { list: [{ name: 'b' }, { name: 'a', image: '2' }] },
      ['list[a].image: "1" → "2"'],
    ],
    [
      'conditions by their type',
      { conditions: [{ type: 'Ready', status: 'False' }] },
      { conditions: [{ type: 'Ready', status: 'True' }, { type: 'Other' }] },
      [
        'conditions[Ready].status: "False" → "True"',
        'conditions[Other]: undefined → {"type":"Other"}',
      ],
    ],
    [
      'items whose names are no names, by their place',
      {
        list: [
          { name: 'a', x: 1 },
          { name: 'a', x: 2 },
        ],
      },
      {
        list: [
          { name: 'a', x: 1 },
          { name: 'a', x: 3 },
        ],
      },
      ['list[1].x: 2 → 3'],
    ],
    ['lists of values', { args: ['a', 'b'] }, { args: ['a'] }, ['args[1]: "b" → undefined']],
    [
      'keys that are no words',
      { labels: { 'a.b/c': '1' } },
      { labels: { 'a.b/c': '2' } },
      ['labels["a.b/c"]: "1" → "2"'],
    ],
    ['a list in the place of a map', { a: [] }, { a: {} }, ['a: [] → {}']],
    [
      'what came into an empty list',
      { list: [] },
      { list: [{ name: 'a' }] },
      ['list[a]: undefined → {"name":"a"}'],
    ],
    [
      'nothing that only servers read',
      { metadata: { resourceVersion: '1', managedFields: [] } },
      { metadata: { resourceVersion: '2', managedFields: [{}] } },
      [],
    ],
    [
      'keys that are traps',
      JSON.parse('{"data": {"__proto__": "a", "constructor": "b"}}'),
      JSON.parse('{"data": {"__proto__": "c"}}'),
      ['data.__proto__: "a" → "c"', 'data.constructor: "b" → undefined'],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(told(before, after)).toEqual(expected)
  })

  it('are so many and no more', () => {
    const many = (value: number) => ({ list: Array.from({ length: 50 }, () => value) })
    const { changes, isCut } = changedPaths(many(1), many(2), 10)
    expect(changes).toHaveLength(10)
    expect(isCut).toBe(true)
    expect(changedPaths(many(1), many(2), 50).isCut).toBe(false)
  })

  it('tell long values by their beginning', () => {
    const { changes } = changedPaths({ a: '' }, { a: 'x'.repeat(1_000_000) }, 1)
    expect(String(changes[0]!.to)).toMatch(/^"x{1999}… \(1000002 characters\)$/)
  })
})
