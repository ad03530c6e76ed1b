import { ClusterMemory } from '#cluster-memory.ts'
import { describe, expect, test } from 'vitest'

const memoryAt = (start: number) => {
  const time = { revision: start }
  return { time, memory: new ClusterMemory([['a', '1']], [], () => time.revision) }
}

describe('ClusterMemory', () => {
  test('knows what it was as of a revision', () => {
    const { time, memory } = memoryAt(5)
    memory.set('a', '2')
    memory.set('a', '3')
    memory.set('b', '1')
    time.revision = 7
    memory.delete('a')
    memory.set('b', '2')
    memory.set('a', '4')
    expect(memory.at(4)).toEqual([['a', '1']])
    for (const revision of [5, 6])
      expect(memory.at(revision)).toEqual([
        ['a', '3'],
        ['b', '1'],
      ])
    expect(memory.at(7)).toEqual(memory.entries(''))
    expect(memory.at(7)).toEqual([
      ['a', '4'],
      ['b', '2'],
    ])
  })

  test('tells once what changes replaced, one entry for a key and revision', () => {
    const { time, memory } = memoryAt(5)
    memory.set('a', '2')
    memory.set('a', '3')
    memory.set('a', '3')
    expect(memory.takePast()).toEqual([{ key: 'a', revision: 5, before: '1' }])
    memory.set('a', '4')
    expect(memory.takePast()).toEqual([])
    time.revision = 6
    memory.delete('a')
    memory.delete('b')
    memory.set('c', '1')
    expect(memory.takePast()).toEqual([
      { key: 'a', revision: 6, before: '4' },
      { key: 'c', revision: 6, before: undefined },
    ])
  })

  test('comes back from what it told', () => {
    const { time, memory } = memoryAt(5)
    memory.set('a', '2')
    time.revision = 6
    memory.set('b', '1')
    const again = new ClusterMemory(memory.entries(''), memory.takePast(), () => 6)
    again.set('b', '2')
    expect(again.takePast()).toEqual([])
    for (const revision of [4, 5]) expect(again.at(revision)).toEqual(memory.at(revision))
    expect(again.at(6)).toEqual([
      ['a', '2'],
      ['b', '2'],
    ])
  })

  test('forgets what was before a revision', () => {
    const { time, memory } = memoryAt(5)
    memory.set('a', '2')
    time.revision = 6
    memory.set('a', '3')
    memory.compact(5)
    expect(memory.oldest).toBe(5)
    expect(memory.at(5)).toEqual([['a', '2']])
    memory.compact(4)
    expect(memory.oldest).toBe(5)
    expect(memory.takePast()).toEqual([{ key: 'a', revision: 6, before: '2' }])
    memory.compact(9)
    memory.set('a', '5')
    expect(memory.takePast()).toEqual([{ key: 'a', revision: 6, before: '3' }])
  })

  test('keeps only so much, whatever is written', () => {
    const { time, memory } = memoryAt(1)
    const values = ['x', 'y'].map((character) => character.repeat(1_000_000))
    for (; time.revision < 30; time.revision++) memory.set('a', values[time.revision % 2]!)
    expect(memory.oldest).toBeGreaterThan(20)
    expect(memory.oldest).toBeLessThan(30)
    expect(memory.at(28)[0]![1]).toBe(values[0])
    expect(memory.at(27)[0]![1]).toBe(values[1])
  })
})
