// Moments as `date -d` reads and `date +FORMAT` writes them. Everything is in UTC, as containers are.
import { type CivilTime, civilTime, fromCivil } from '#apimachinery/time.ts'

const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
const MONTHS =
  'January February March April May June July August September October November December'.split(' ')
const SECOND = 1000
const DAY = 86_400 * SECOND
const UNITS: Readonly<Record<string, number>> = {
  sec: SECOND,
  second: SECOND,
  min: 60 * SECOND,
  minute: 60 * SECOND,
  hour: 3600 * SECOND,
  day: DAY,
  week: 7 * DAY,
  fortnight: 14 * DAY,
}

const two = (value: number): string => String(value).padStart(2, '0')

const dayOfYear = ({ year, month, day }: CivilTime): number =>
  (fromCivil({ year, month, day, hour: 0, minute: 0, second: 0 }) -
    fromCivil({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0 })) /
    DAY +
  1

/** ISO 8601: the week belongs to the year of its Thursday. */
const isoWeek = (ms: number): { readonly year: number; readonly week: number } => {
  const { weekday } = civilTime(ms)
  const thursday = civilTime(ms + (4 - (weekday === 0 ? 7 : weekday)) * DAY)
  return { year: thursday.year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 }
}

type Writer = (t: CivilTime, ms: number) => string

const WRITERS: Readonly<Record<string, Writer>> = {
  '%': () => '%',
  n: () => '\n',
  t: () => '\t',
  a: (t) => DAYS[t.weekday]!.slice(0, 3),
  A: (t) => DAYS[t.weekday]!,
  b: (t) => MONTHS[t.month - 1]!.slice(0, 3),
  h: (t) => MONTHS[t.month - 1]!.slice(0, 3),
  B: (t) => MONTHS[t.month - 1]!,
  c: (_, ms) => formatMoment('%a %b %e %H:%M:%S %Y', ms),
  C: (t) => two(Math.floor(t.year / 100)),
  d: (t) => two(t.day),
  D: (_, ms) => formatMoment('%m/%d/%y', ms),
  e: (t) => String(t.day).padStart(2),
  F: (_, ms) => formatMoment('%Y-%m-%d', ms),
  g: (_, ms) => two(isoWeek(ms).year % 100),
  G: (_, ms) => String(isoWeek(ms).year),
  H: (t) => two(t.hour),
  I: (t) => two(t.hour % 12 || 12),
  j: (t) => String(dayOfYear(t)).padStart(3, '0'),
  k: (t) => String(t.hour).padStart(2),
  l: (t) => String(t.hour % 12 || 12).padStart(2),
  m: (t) => two(t.month),
  M: (t) => two(t.minute),
  N: (_, ms) => `${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}000000`,
  p: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  P: (t) => (t.hour < 12 ? 'am' : 'pm'),
  q: (t) => String(Math.ceil(t.month / 3)),
  r: (_, ms) => formatMoment('%I:%M:%S %p', ms),
  R: (_, ms) => formatMoment('%H:%M', ms),
  s: (_, ms) => String(Math.floor(ms / 1000)),
  S: (t) => two(t.second),
  T: (_, ms) => formatMoment('%H:%M:%S', ms),
  u: (t) => String(t.weekday === 0 ? 7 : t.weekday),
  U: (t) => two(Math.floor((dayOfYear(t) + 6 - t.weekday) / 7)),
  V: (_, ms) => two(isoWeek(ms).week),
  w: (t) => String(t.weekday),
  W: (t) => two(Math.floor((dayOfYear(t) + 6 - ((t.weekday + 6) % 7)) / 7)),
  x: (_, ms) => formatMoment('%m/%d/%y', ms),
  X: (_, ms) => formatMoment('%H:%M:%S', ms),
  y: (t) => two(t.year % 100),
  Y: (t) => String(t.year),
  z: () => '+0000',
  Z: () => 'UTC',
}

/** strftime. */
export const formatMoment = (format: string, ms: number): string => {
  const t = civilTime(ms)
  return format.replace(
    /%([-_0^]?)([0-9]*)(:?)([a-zA-Z%])/g,
    (whole, flag: string, width: string, colon: string, letter: string) => {
      if (colon !== '' && letter === 'z') return '+00:00'
      const writer = Object.hasOwn(WRITERS, letter) ? WRITERS[letter] : undefined
      if (writer === undefined) return whole
      let text = writer(t, ms)
      if (letter === 'N' && width !== '') text = text.slice(0, Number(width))
      if (flag === '-') text = text.replace(/^[0 ]+(?=.)/, '')
      if (flag === '_') text = text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
      if (flag === '0') text = text.replaceAll(' ', '0')
      return flag === '^' ? text.toUpperCase() : text
    },
  )
}

const ISO =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?[ ]*(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?/i
const CLOCK = /^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?/

/** What `date -d` makes of it: ISO times, `@seconds`, `now`, `yesterday`, `2 days ago`, `next week`; undefined: nothing. */
export const parseMoment = (text: string, now: number): number | undefined => {
  let rest = text.trim()
  const since = /^@(-?[0-9]+(?:\.[0-9]+)?)$/.exec(rest)
  if (since !== null) return Math.floor(Number(since[1]) * 1000)
  let ms = now
  const iso = ISO.exec(rest)
  if (iso !== null) {
    const absolute = fromIso(iso)
    if (absolute === undefined) return undefined
    ms = absolute
    rest = rest.slice(iso[0].length)
  }
  while (rest.trim() !== '') {
    rest = rest.trim()
    const clock = CLOCK.exec(rest)
    const word = /^(?:([+-]?\s*[0-9]+)\s*|(next|last)\s+)?([a-z]+)(\s+ago)?/i.exec(rest)
    const step =
      clock === null ? (word === null ? undefined : shifted(ms, word)) : atClock(ms, clock)
    if (step === undefined) return undefined
    ms = step
    rest = rest.slice((clock ?? word)![0].length)
  }
  return ms
}

const fromIso = (match: RegExpExecArray): number | undefined => {
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return undefined
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000)
  const [, sign, h, m] = /^([+-])([0-9]{2}):?([0-9]{2})$/.exec(match[8] ?? '') ?? []
  const offset =
    sign === undefined ? 0 : (Number(h) * 60 + Number(m)) * 60_000 * (sign === '-' ? -1 : 1)
  return fromCivil({ year, month, day, hour, minute, second }) + fraction - offset
}

const atClock = (
  ms: number,
  [, hour, minute, second = '0']: RegExpExecArray,
): number | undefined => {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return (
    Math.floor(ms / DAY) * DAY + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
  )
}

const shifted = (
  ms: number,
  [, count, relative, word = '', ago]: RegExpExecArray,
): number | undefined => {
  const name = word.toLowerCase().replace(/s$/, '')
  if (count === undefined && relative === undefined) {
    if (name === 'now' || name === 'utc' || name === 'gmt' || name === 'z') return ms
    if (name === 'today') return ms
    if (name === 'yesterday') return ms - DAY
    if (name === 'tomorrow') return ms + DAY
    if (name === 'midnight') return Math.floor(ms / DAY) * DAY
  }
  const sign = ago === undefined ? 1 : -1
  const amount =
    sign *
    (count === undefined
      ? relative?.toLowerCase() === 'last'
        ? -1
        : 1
      : Number(count.replaceAll(/\s/g, '')))
  if (name === 'month' || name === 'year')
    return addMonths(ms, name === 'year' ? amount * 12 : amount)
  const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined
  return unit === undefined ? undefined : ms + amount * unit
}

const addMonths = (ms: number, months: number): number => {
  const t = civilTime(ms)
  const all = t.year * 12 + t.month - 1 + months
  return (
    fromCivil({ ...t, year: Math.floor(all / 12), month: (((all % 12) + 12) % 12) + 1 }) +
    (((ms % 1000) + 1000) % 1000)
  )
}
