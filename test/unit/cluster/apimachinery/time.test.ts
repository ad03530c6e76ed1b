import { civilTime, formatMicroTime, formatTime, fromCivil, parseTime } from '#apimachinery/time.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

// 0001-01-01 to 9999-12-31, as Go's times are written
const instant = fc.integer({
  min: Date.UTC(100, 0, 1),
  max: Date.UTC(9999, 11, 31, 23, 59, 59, 999),
})

describe('time', () => {
  test('is written as the platform would write it', () => {
    fc.assert(
      fc.property(instant, (milliseconds) => {
        const iso = new Date(milliseconds).toISOString()
        expect(formatTime(milliseconds)).toBe(`${iso.slice(0, 19)}Z`)
        expect(formatMicroTime(milliseconds)).toBe(`${iso.slice(0, 23)}000Z`)
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  test('reads what it wrote', () => {
    fc.assert(
      fc.property(instant, (milliseconds) => {
        expect(parseTime(formatMicroTime(milliseconds))).toBe(milliseconds)
        const seconds = Math.floor(milliseconds / 1000) * 1000
        expect(parseTime(formatTime(milliseconds))).toBe(seconds)
        const { weekday, ...rest } = civilTime(milliseconds)
        expect(fromCivil(rest)).toBe(seconds)
        expect(weekday).toBe(new Date(milliseconds).getUTCDay())
      }),
      { seed: 2, numRuns: 2000 },
    )
  })

  test('takes zones and fractions', () => {
    expect(parseTime('2026-01-02T03:04:05+02:30')).toBe(Date.UTC(2026, 0, 2, 0, 34, 5))
    expect(parseTime('2026-01-02T03:04:05.25-01:00')).toBe(Date.UTC(2026, 0, 2, 4, 4, 5, 250))
    expect(parseTime('2026-01-02T03:04:05.001Z')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 1))
    expect(parseTime('2026-01-02T03:04:05.123456Z')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 123))
  })

  test.each([
    '',
    'yesterday',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-13-02T03:04:05Z',
    '2026-00-02T03:04:05Z',
    '2026-01-32T03:04:05Z',
    '2026-02-30T03:04:05Z',
    '2025-02-29T03:04:05Z',
    '2026-01-02T24:04:05Z',
    '2026-01-02T03:60:05Z',
    '2026-01-02T03:04:60Z',
    '2026-01-02t03:04:05Z',
    '2026-01-02T03:04:05Z ',
  ])('%j is no time', (text) => {
    expect(parseTime(text)).toBeNaN()
  })

  test('knows leap years', () => {
    expect(parseTime('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29))
    expect(parseTime('2000-02-29T00:00:00Z')).toBe(Date.UTC(2000, 1, 29))
    expect(parseTime('1900-02-29T00:00:00Z')).toBeNaN()
  })

  test('fractions of whole milliseconds are read exactly', () => {
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      const text = `2026-01-02T03:04:05.${String(millisecond).padStart(3, '0')}Z`
      expect(parseTime(text) % 1000).toBe(millisecond)
    }
  })
})
