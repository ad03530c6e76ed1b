import { expect, test } from 'vitest'
import { ageText, agoText, clockText, spanText } from '../../../web/session/spans.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.each([
  [-5, '0s'],
  [999, '0s'],
  [119 * SECOND, '119s'],
  [2 * MINUTE, '2m'],
  [5 * MINUTE + 12 * SECOND, '5m12s'],
  [61 * MINUTE, '61m'],
  [3 * HOUR + 7 * MINUTE, '3h7m'],
  [47 * HOUR, '47h'],
  [3 * DAY + 4 * HOUR, '3d4h'],
  [400 * DAY, '400d'],
  [3 * 365 * DAY + 2 * DAY, '3y2d'],
  [20 * 365 * DAY, '20y'],
])('%i ms are an age of %s, as kubectl writes it', (milliseconds, text) => {
  expect(ageText(milliseconds)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [320, '320 ms'],
  [13_240, '13.2 s'],
  [90 * SECOND, '90s'],
])('%i ms are a span of %s', (milliseconds, text) => {
  expect(spanText(milliseconds)).toBe(text)
})

test.each([
  [-1, 'a moment ago'],
  [999, 'a moment ago'],
  [SECOND, '1 second ago'],
  [3 * MINUTE + 59 * SECOND, '3 minutes ago'],
  [26 * HOUR, '1 day ago'],
])('%i ms before is %s', (milliseconds, text) => {
  expect(agoText(milliseconds)).toBe(text)
})

test('a time of day is that of the timestamps', () => {
  expect(clockText(Date.parse('2026-11-23T01:02:03.999Z'))).toBe('01:02:03')
})
