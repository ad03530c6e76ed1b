import { describe, expect, test } from 'vitest'
import {
  KeptWindow,
  MOST_REPLACED_BYTES,
  MOST_REVISIONS,
} from '../../../durable-objects/session/kept-window.ts'

const MEGABYTE = 1024 * 1024

const windowOf = (replaced: readonly (readonly [row: number, by: number, bytes: number])[]) => {
  const window = new KeptWindow()
  for (const [row, by, bytes] of replaced) window.add({ row, by, bytes })
  return window
}

describe('what is kept of the past', () => {
  test('all of it, as long as it is short and small', () => {
    const window = windowOf([
      [1, 5, 100],
      [2, 6, 100],
    ])
    expect(window.cut(MOST_REVISIONS)).toBeUndefined()
    expect(window.bytes).toBe(200)
  })

  test('as many revisions as are allowed: what was replaced before is dropped', () => {
    const window = windowOf([
      [1, 5, 100],
      [2, 6, 100],
      [3, 7, 100],
    ])
    expect(window.cut(MOST_REVISIONS + 6)).toEqual({ rows: [1, 2], compacted: 6 })
    expect(window.bytes).toBe(100)
    expect(window.cut(MOST_REVISIONS + 6)).toEqual({ rows: [], compacted: 6 })
  })

  test('fewer, if what they replaced takes more than is allowed', () => {
    const window = windowOf([
      [1, 11, 4 * MEGABYTE],
      [2, 12, 4 * MEGABYTE],
      [3, 13, 4 * MEGABYTE],
    ])
    expect(window.cut(20)).toEqual({ rows: [1], compacted: 11 })
    expect(window.bytes).toBeLessThanOrEqual(MOST_REPLACED_BYTES)
  })

  test('a revision as a whole: it may have replaced several', () => {
    const window = windowOf([
      [1, 11, 9 * MEGABYTE],
      [2, 11, 10],
      [3, 12, 10],
    ])
    expect(window.cut(20)).toEqual({ rows: [1, 2], compacted: 11 })
  })

  test('what is no row only takes room', () => {
    const window = new KeptWindow()
    window.add({ row: undefined, by: 3, bytes: 9 * MEGABYTE })
    window.add({ row: 7, by: 8, bytes: 1 })
    expect(window.cut(20)).toEqual({ rows: [], compacted: 3 })
  })
})
