import { describe, expect, test } from 'vitest'
import { goSort } from '#kubectl/describe/go-sort.ts'

const words = (text: string): readonly number[] => text.trim().split(/\s+/).map(Number)

// The real kubectl's order of Events whose last time is the minute that `minute` says.
const RECORDED = [
  {
    count: 40,
    minute: (i: number) => (i * i + 3 * i) % 23,
    order: words(`20 0 23 30 13 36 7 1 24 19 27 39 16 4 6 29 14 37 25 18 2 10 33 32 11 34 9 38 28 15
      5 26 17 3 31 35 8 12 21 22`),
  },
  {
    count: 60,
    minute: (i: number) => (i * i * i) % 47,
    order: words(`47 0 1 48 21 28 18 39 24 16 49 2 32 20 35 34 10 57 54 7 58 11 42 4 51 14 41 44 25
      30 38 56 9 17 22 3 50 6 53 33 43 5 52 36 40 37 13 12 59 27 15 45 31 23 55 8 29 19 26 46`),
  },
]

describe('goSort', () => {
  test.each(RECORDED)(
    'leaves equals of $count where Go leaves them',
    ({ count, minute, order }) => {
      const items = Array.from({ length: count }, (_, index) => ({ index, key: minute(index) }))
      expect(goSort(items, (a, b) => a.key < b.key).map(({ index }) => index)).toEqual(order)
    },
  )

  test.each([
    ['ordered', (i: number) => i],
    ['reversed', (i: number) => -i],
    ['equal', () => 0],
    ['in two halves', (i: number) => i % 2],
    ['like the pipes of an organ', (i: number) => Math.min(i, 500 - i)],
    ['scattered', (i: number) => (i * 7919) % 499],
  ])('sorts five hundred that are %s', (_name, key) => {
    const keys = Array.from({ length: 500 }, (_, index) => key(index))
    expect(goSort(keys, (a, b) => a < b)).toEqual([...keys].sort((a, b) => a - b))
  })

  test('keeps the order of twelve that are equal', () => {
    const items = Array.from({ length: 12 }, (_, index) => index)
    expect(goSort(items, () => false)).toEqual(items)
  })
})
