import { describe, expect, it } from 'vitest'
import { age, ageUntil, humanDuration } from '#apimachinery/age.ts'

const S = 1000
const M = 60 * S
const H = 60 * M
const D = 24 * H

describe('humanDuration()', () => {
  // The cases are those of upstream's duration_test.go.
  const cases: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [999, '0s'],
    [S, '1s'],
    [-S, '0s'],
    [-2 * S + 1, '0s'],
    [-2 * S, '<invalid>'],
    [2 * M - S, '119s'],
    [2 * M, '2m'],
    [2 * M + S, '2m1s'],
    [10 * M - S, '9m59s'],
    [10 * M, '10m'],
    [10 * M + S, '10m'],
    [3 * H - M, '179m'],
    [3 * H, '3h'],
    [3 * H + M, '3h1m'],
    [8 * H - S, '7h59m'],
    [8 * H, '8h'],
    [8 * H + 59 * M, '8h'],
    [2 * D - S, '47h'],
    [2 * D, '2d'],
    [2 * D + H, '2d1h'],
    [8 * D - S, '7d23h'],
    [8 * D, '8d'],
    [8 * D + 23 * H, '8d'],
    [2 * 365 * D - S, '729d'],
    [2 * 365 * D, '2y'],
    [2 * 365 * D + 23 * H, '2y'],
    [2 * 365 * D + D, '2y1d'],
    [8 * 365 * D - S, '7y364d'],
    [8 * 365 * D, '8y'],
    [8 * 365 * D + 364 * D, '8y'],
  ]
  it.each(cases)('%d ms is %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text)
  })
})

describe('age()', () => {
  it.each([undefined, null, ''])('is unknown where the time is %j', (timestamp) => {
    expect(age(0, timestamp)).toBe('<unknown>')
    expect(ageUntil(0, timestamp)).toBe('<unknown>')
  })
  it('counts from the timestamp to now', () => {
    expect(age(65_000, '1970-01-01T00:00:00Z')).toBe('65s')
    expect(ageUntil(0, '1970-01-01T00:10:00Z')).toBe('10m')
  })
})
