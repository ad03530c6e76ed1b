// Times and how long they are, as they are written on the page.

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** From the longest that is written in two units on. As kubectl writes ages. */
const STEPS = [
  { below: 2 * MINUTE, unit: SECOND, name: 's' },
  { below: 10 * MINUTE, unit: MINUTE, name: 'm', rest: [SECOND, 's'] },
  { below: 3 * HOUR, unit: MINUTE, name: 'm' },
  { below: 8 * HOUR, unit: HOUR, name: 'h', rest: [MINUTE, 'm'] },
  { below: 2 * DAY, unit: HOUR, name: 'h' },
  { below: 8 * DAY, unit: DAY, name: 'd', rest: [HOUR, 'h'] },
  { below: 2 * YEAR, unit: DAY, name: 'd' },
  { below: 8 * YEAR, unit: YEAR, name: 'y', rest: [DAY, 'd'] },
  { below: Infinity, unit: YEAR, name: 'y' },
] as const

/** `90s`, `5m12s`, `3h` */
export const ageText = (milliseconds: number): string => {
  const span = Math.max(0, milliseconds)
  const step = STEPS.find(({ below }) => span < below)!
  const text = `${Math.floor(span / step.unit)}${step.name}`
  if (!('rest' in step)) return text
  const [unit, name] = step.rest
  const rest = Math.floor((span % step.unit) / unit)
  return rest === 0 ? text : `${text}${rest}${name}`
}

/** As ageText, for what may be shorter than a second. */
export const spanText = (milliseconds: number): string => {
  if (milliseconds < SECOND) return `${milliseconds} ms`
  return milliseconds < MINUTE ? `${Math.round(milliseconds / 100) / 10} s` : ageText(milliseconds)
}

const ago = new Intl.RelativeTimeFormat('en')

const UNITS = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
] as const

/** `3 minutes ago`, `a moment ago` */
export const agoText = (milliseconds: number): string => {
  const unit = UNITS.find(([size]) => milliseconds >= size)
  return unit === undefined
    ? 'a moment ago'
    : ago.format(-Math.floor(milliseconds / unit[0]), unit[1])
}

/** `12:38:13`: the session's clocks show UTC, as all timestamps of its objects do. */
export const clockText = (moment: number): string => new Date(moment).toISOString().slice(11, 19)

/** `23 Nov 2026` */
export const dayText = (moment: number): string =>
  new Date(moment).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
