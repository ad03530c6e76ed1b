/** RFC 3339 with seconds, as metav1.Time is written. */
export const formatTime = (milliseconds: number): string => `${civil(milliseconds)}Z`

/** RFC 3339 with microseconds, as metav1.MicroTime is written. */
export const formatMicroTime = (milliseconds: number): string =>
  `${civil(milliseconds)}.${String(((milliseconds % 1000) + 1000) % 1000).padStart(3, '0')}000Z`

/** RFC 3339 with milliseconds, as the session's clock counts them. */
export const formatMilliTime = (milliseconds: number): string =>
  formatMicroTime(milliseconds).replace('000Z', 'Z')

const MAX_PARSED = 256
const parsed = new Map<string, number>()

/** Milliseconds since the epoch; NaN if the text is no RFC 3339 time. */
export const parseTime = (text: string): number => {
  // thousands of objects bear the same few times
  let time = parsed.get(text)
  if (time === undefined) {
    time = read(text)
    if (parsed.size >= MAX_PARSED) parsed.clear()
    parsed.set(text, time)
  }
  return time
}

const read = (text: string): number => {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) return NaN
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NaN
  // Go knows no leap seconds
  if (hour > 23 || minute > 59 || second > 59) return NaN
  // cut off as text: as a number, many nines would round up to the next second
  const fraction = Number((match[7] ?? '').slice(1, 4).padEnd(3, '0'))
  const zone = match[8]!
  const offset =
    zone === 'Z'
      ? 0
      : (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))
  return (
    daysFromCivil(year, month, day) * 86_400_000 +
    ((hour * 60 + minute - offset) * 60 + second) * 1000 +
    fraction
  )
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** How many days a month has; January is 1. */
export const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

// Howard Hinnant's calendar algorithms; the engine has no Date.
const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export interface CivilTime {
  readonly year: number
  /** 1 to 12 */
  readonly month: number
  readonly day: number
  /** 0 is Sunday */
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** The calendar reading of an instant in UTC. */
export const civilTime = (milliseconds: number): CivilTime => {
  const days = Math.floor(milliseconds / 86_400_000)
  const seconds = Math.floor((milliseconds - days * 86_400_000) / 1000)
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
  }
}

/** The instant of a reading in UTC; the inverse of `civilTime`. */
export const fromCivil = (t: Omit<CivilTime, 'weekday'>): number =>
  daysFromCivil(t.year, t.month, t.day) * 86_400_000 +
  ((t.hour * 60 + t.minute) * 60 + t.second) * 1000

const pad = (n: number, width = 2): string => String(n).padStart(width, '0')

let lastSecond = NaN
let lastText = ''

/** The calendar reading of a second. Much is written at one moment: the last one is remembered. */
const civil = (milliseconds: number): string => {
  const second = Math.floor(milliseconds / 1000)
  if (second !== lastSecond) {
    lastText = write(civilTime(milliseconds))
    lastSecond = second
  }
  return lastText
}

const write = (t: CivilTime): string =>
  `${pad(t.year, 4)}-${pad(t.month)}-${pad(t.day)}T${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`
