import { Random } from '#environment.ts'
import { generateName, newUid } from '#kube-apiserver/identity.ts'
import { describe, expect, test } from 'vitest'

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.next())

describe('Random', () => {
  test('gives the same numbers for the same seed, others for another', () => {
    expect(draw(new Random(7), 20)).toEqual(draw(new Random(7), 20))
    expect(draw(new Random(7), 20)).not.toEqual(draw(new Random(8), 20))
  })

  test('goes on from a stored position', () => {
    const random = new Random(7)
    const all = draw(random, 20)
    const first = new Random(7)
    draw(first, 12)
    expect(first.position).toBe(12)
    expect(draw(new Random(7, first.position), 8)).toEqual(all.slice(12))
    expect(random.position).toBe(20)
  })

  test('draws whole numbers of 32 bits', () => {
    for (const value of draw(new Random(1), 1000)) {
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true)
    }
  })

  test('below() reaches every number below its bound about equally often', () => {
    const random = new Random(42)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 100_000; index++) counts[random.below(10)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
    expect(random.below(1)).toBe(0)
  })
})

describe('names and uids', () => {
  test('are unlike each other and alike for the same seed', () => {
    const random = new Random(3)
    const uids = Array.from({ length: 2000 }, () => newUid(random))
    expect(new Set(uids).size).toBe(2000)
    for (const uid of uids)
      expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const again = new Random(3)
    expect(newUid(again)).toBe(uids[0])
  })

  test('a generated name keeps its base within 63 characters', () => {
    const random = new Random(3)
    expect(generateName('web-', random)).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(generateName('x'.repeat(80), random)).toHaveLength(63)
  })
})
