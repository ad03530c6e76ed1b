import { hashOf, PersistentMap } from '#netfilter/persistent-map.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Pairs of texts with one hash: what chance brings in a hundred thousand texts. */
const collisions = (): readonly (readonly [string, string])[] => {
  const seen = new Map<number, string>()
  const pairs: [string, string][] = []
  for (let index = 0; index < 150_000; index++) {
    const text = `chain-${index}`
    const hash = hashOf(text)
    const other = seen.get(hash)
    if (other === undefined) seen.set(hash, text)
    else pairs.push([other, text])
  }
  return pairs
}

const COLLIDING = collisions()

/** The inside of a map, so that two maps can be compared whole. */
const treeOf = <V>(map: PersistentMap<V>): readonly (readonly [string, V])[] => [...map.entries()]

// few keys, so that the same are set and removed again; some share their hash with another
const key = fc.oneof(
  fc.constantFrom(...COLLIDING.slice(0, 3).flat(), '__proto__', 'constructor', ''),
  fc.integer({ min: 0, max: 40 }).map((number) => `k${number}`),
  fc.string({ maxLength: 3 }),
)
const change = fc.tuple(key, fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }))
const batches = fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 25 })

describe('PersistentMap', () => {
  test('there are texts whose hashes are equal', () => {
    expect(COLLIDING.length).toBeGreaterThan(3)
  })

  test('is what a Map is after the same changes, and earlier maps stay as they were', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const model = new Map<string, number>()
        const earlier: { map: PersistentMap<number>; content: Map<string, number> }[] = []
        let map = PersistentMap.empty<number>()
        for (const batch of all) {
          earlier.push({ map, content: new Map(model) })
          map = map.withChanges(batch)
          for (const [name, value] of batch) {
            if (value === undefined) model.delete(name)
            else model.set(name, value)
          }
          earlier.push({ map, content: new Map(model) })
        }
        for (const { map: old, content } of earlier) {
          expect(old.size).toBe(content.size)
          expect(new Map(old.entries())).toEqual(content)
          for (const [name, value] of content) expect(old.get(name)).toBe(value)
          for (const name of ['k1', 'k2', 'absent', '__proto__'])
            expect(old.has(name)).toBe(content.has(name))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('is the same tree for the same keys, whatever way led there', () => {
    fc.assert(
      fc.property(batches, fc.integer(), (all, turn) => {
        const map = all.reduce(
          (before, batch) => before.withChanges(batch),
          PersistentMap.empty<number>(),
        )
        const entries = [...map.entries()]
        const turned = entries.toSorted(([a], [b]) => (a < b ? -1 : 1) * (turn % 2 === 0 ? 1 : -1))
        expect(treeOf(PersistentMap.of(turned))).toEqual(treeOf(map))
        // one by one and with others that leave again
        let slow = PersistentMap.empty<number>()
        for (const [name] of COLLIDING) slow = slow.with(name, -1)
        for (const [name, value] of turned) slow = slow.with(name, value)
        for (const [name] of COLLIDING) if (!map.has(name)) slow = slow.without(name)
        for (const [name] of COLLIDING) if (map.has(name)) slow = slow.with(name, map.get(name)!)
        expect(treeOf(slow)).toEqual(treeOf(map))
        expect(slow.size).toBe(map.size)
      }),
      { numRuns: 200 },
    )
  })

  test('is itself if no change has an effect', () => {
    const value = { any: 'object' }
    const map = PersistentMap.of([...COLLIDING.flat(), 'a', 'b'].map((name) => [name, value]))
    expect(map.with('a', value)).toBe(map)
    expect(map.with(COLLIDING[0]![1], value)).toBe(map)
    expect(map.without('absent')).toBe(map)
    expect(map.withChanges([])).toBe(map)
    expect(map.with('a', { any: 'object' })).not.toBe(map)
    const empty = PersistentMap.empty<number>()
    expect(empty.without('absent')).toBe(empty)
  })

  test('keeps both of two keys with one hash, and each when the other leaves', () => {
    const [one, other] = COLLIDING[0]!
    const both = PersistentMap.of([
      [other, 2],
      [one, 1],
    ])
    expect([both.get(one), both.get(other), both.size]).toEqual([1, 2, 2])
    expect(treeOf(both)).toEqual(treeOf(PersistentMap.empty<number>().with(one, 1).with(other, 2)))
    expect([both.without(one).get(one), both.without(one).get(other)]).toEqual([undefined, 2])
    expect(both.without(one).without(other).size).toBe(0)
    // a third key on the way to theirs
    const deeper = both.with('k1', 3).without('k1')
    expect(treeOf(deeper)).toEqual(treeOf(both))
  })

  test('is sorted by code units', () => {
    const map = PersistentMap.of(['b', 'a', 'B', 'é', '10', '9'].map((name) => [name, 1]))
    expect(map.sorted().map(([name]) => name)).toEqual(['10', '9', 'B', 'a', 'b', 'é'])
  })

  test('holds a hundred thousand keys and lets go of them', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `KUBE-SEP-${index}`)
    const map = PersistentMap.of(names.map((name, index) => [name, index]))
    expect(map.size).toBe(100_000)
    expect(names.every((name, index) => map.get(name) === index)).toBe(true)
    const half = map.withChanges(
      names.filter((_, index) => index % 2 === 0).map((name) => [name, undefined]),
    )
    expect(half.size).toBe(50_000)
    expect(names.every((name, index) => half.has(name) === (index % 2 === 1))).toBe(true)
    expect(map.size).toBe(100_000)
    expect([...half.withChanges(names.map((name) => [name, undefined])).entries()]).toEqual([])
  })
})
