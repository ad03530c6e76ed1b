import { describe, expect, it } from 'vitest'
import { nextCronTime, parseCron } from '#apimachinery/cron.ts'
import { parseGoDuration } from '#apimachinery/go-duration.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'

const next = (schedule: string, after: string, zone?: string): string | undefined => {
  const time = nextCronTime(parseCron(schedule, zone), parseTime(after))
  return time === undefined ? undefined : formatTime(time)
}

describe('nextCronTime()', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ['* * * * *', '2026-01-01T00:00:59Z', '2026-01-01T00:01:00Z'],
    ['*/15 * * * *', '2026-01-01T00:15:00Z', '2026-01-01T00:30:00Z'],
    ['5/20 * * * *', '2026-01-01T00:26:00Z', '2026-01-01T00:45:00Z'],
    ['0 3 * * *', '2026-01-01T03:00:00Z', '2026-01-02T03:00:00Z'],
    ['30 22 * * 1-5', '2026-01-02T23:00:00Z', '2026-01-05T22:30:00Z'],
    ['0 0 1 jan,JUL *', '2026-02-01T00:00:00Z', '2026-07-01T00:00:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 13 * fri', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 13 * *', '2026-01-01T00:00:00Z', '2026-01-13T00:00:00Z'],
    ['0 0 */2 * mon', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'],
    ['@hourly', '2026-01-01T00:30:00Z', '2026-01-01T01:00:00Z'],
    ['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z'],
    ['@yearly', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['@every 90s', '2026-01-01T00:00:10Z', '2026-01-01T00:01:40Z'],
    ['@every 10ms', '2026-01-01T00:00:10Z', '2026-01-01T00:00:11Z'],
  ])('%s after %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected)
  })

  it('never comes for a day that is not', () => {
    expect(next('0 0 30 2 *', '2026-01-01T00:00:00Z')).toBeUndefined()
  })

  it('reads the clock of a zone with a fixed offset', () => {
    const after = '2026-01-01T00:00:00Z'
    expect(next('0 9 * * *', after, 'Etc/GMT-9')).toBe('2026-01-02T00:00:00Z')
    expect(next('0 9 * * *', after, 'Etc/GMT+3')).toBe('2026-01-01T12:00:00Z')
    expect(next('TZ=Etc/GMT+3 @daily', after)).toBe('2026-01-01T03:00:00Z')
    expect(next('0 9 * * *', after, 'Etc/UTC')).toBe('2026-01-01T09:00:00Z')
  })
})

describe('parseCron()', () => {
  it.each([
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['* * * * * *', 'expected exactly 5 fields, found 6: [* * * * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/2/3 * * * *', 'too many slashes: */2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseCron(text)).toThrow(message)
  })
})

describe('parseGoDuration()', () => {
  it.each([
    ['0', 0],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['-2ms', -2],
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['5d', 'time: unknown unit "d" in duration "5d"'],
  ])('%s', (text, expected) => {
    expect(parseGoDuration(text)).toBe(expected)
  })
})
