import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { DELAYS, delaysOf, LONGEST_DELAY } from '#settings.ts'
import { Delays } from '../../../worker/delays.ts'

describe('Delays', () => {
  test.each([
    'lively',
    'instant',
    'real',
    {},
    { preset: 'real', imagePull: 0 },
    { jobRun: 600_000 },
  ])('takes %j', (delays) => {
    expect(v.safeParse(Delays, delays).success).toBe(true)
  })

  test.each([
    'slow',
    5,
    [[]],
    { preset: 'slow' },
    { imagePull: -1 },
    { imagePull: 1.5 },
    { imagePull: LONGEST_DELAY + 1 },
    { imagePull: '5s' },
    { unknown: 1 },
  ])('refuses %j', (delays) => {
    expect(v.safeParse(Delays, delays).success).toBe(false)
  })

  test('knows every delay that there is', () => {
    expect(v.safeParse(Delays, DELAYS.real).success).toBe(true)
    expect(delaysOf(DELAYS.real)).toEqual(DELAYS.real)
  })
})
