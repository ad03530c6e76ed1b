// Schedules of CronJobs. kubernetes: github.com/robfig/cron/v3 parser.go, spec.go
import { parseGoDuration } from '#apimachinery/go-duration.ts'
import { civilTime } from '#apimachinery/time.ts'
import { quote } from '#apimachinery/field-error.ts'

export class CronError extends Error {
  override readonly name = 'CronError'
}

/** The values one field allows. `isStar`: it was `*` and says nothing about the day. */
interface FieldSet {
  readonly values: ReadonlySet<number>
  readonly isStar: boolean
}

export interface CronCalendar {
  readonly kind: 'calendar'
  readonly minute: FieldSet
  readonly hour: FieldSet
  readonly dayOfMonth: FieldSet
  readonly month: FieldSet
  readonly dayOfWeek: FieldSet
  /** How far the schedule's clock is ahead of UTC, in milliseconds. */
  readonly offset: number
}

/** `@every 90s` */
export interface CronInterval {
  readonly kind: 'interval'
  readonly milliseconds: number
}

export type CronSchedule = CronCalendar | CronInterval

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MINUTES: Bounds = { min: 0, max: 59 }
const HOURS: Bounds = { min: 0, max: 23 }
const DAYS: Bounds = { min: 1, max: 31 }
const MONTHS: Bounds = {
  min: 1,
  max: 12,
  names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
}
const WEEKDAYS: Bounds = {
  min: 0,
  max: 6,
  names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
}

const DESCRIPTORS: { readonly [name: string]: string | undefined } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const HOUR = 3_600_000

/** The engine has no table of zones: those without a fixed offset in their name are taken for UTC. */
const offsetOf = (zone: string | undefined): number => {
  const fixed = /^Etc\/GMT([+-])(\d{1,2})$/.exec(zone ?? '')
  if (fixed === null) return 0
  // `Etc/GMT+5` is five hours behind, as POSIX has it.
  return (fixed[1] === '+' ? -1 : 1) * Number(fixed[2]) * HOUR
}

/** Throws a CronError with upstream's text. A zone may also stand before the schedule: `TZ=Etc/UTC 0 * * * *`. */
export const parseCron = (text: string, timeZone?: string): CronSchedule => {
  if (text === '') throw new CronError('empty spec string')
  const zone = /^(?:CRON_)?TZ=(\S*)/.exec(text)
  const spec = zone === null ? text : text.slice(zone[0].length).trim()
  const offset = offsetOf(zone?.[1] ?? timeZone)
  if (spec.startsWith('@')) return parseDescriptor(spec, offset)
  const fields = spec.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== 5)
    throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  return {
    kind: 'calendar',
    minute: parseField(fields[0]!, MINUTES),
    hour: parseField(fields[1]!, HOURS),
    dayOfMonth: parseField(fields[2]!, DAYS),
    month: parseField(fields[3]!, MONTHS),
    dayOfWeek: parseField(fields[4]!, WEEKDAYS),
    offset,
  }
}

const EVERY = '@every '

const parseDescriptor = (text: string, offset: number): CronSchedule => {
  const spec = DESCRIPTORS[text]
  if (spec !== undefined) return { ...(parseCron(spec) as CronCalendar), offset }
  if (!text.startsWith(EVERY)) throw new CronError(`unrecognized descriptor: ${text}`)
  const duration = parseGoDuration(text.slice(EVERY.length))
  if (typeof duration === 'string')
    throw new CronError(`failed to parse duration ${text}: ${duration}`)
  return { kind: 'interval', milliseconds: Math.max(1000, duration - (duration % 1000)) }
}

const parseField = (text: string, bounds: Bounds): FieldSet => {
  const values = new Set<number>()
  let isStar = false
  for (const expression of text.split(',')) {
    if (expression === '') continue
    const range = parseRange(expression, bounds)
    isStar ||= range.isStar
    for (const value of range.values) values.add(value)
  }
  return { values, isStar }
}

const parseRange = (expression: string, bounds: Bounds): FieldSet => {
  const [range = '', ...steps] = expression.split('/')
  const [low = '', ...highs] = range.split('-')
  let isStar = low === '*' || low === '?'
  let start = bounds.min
  let end = bounds.max
  if (!isStar) {
    start = parseNumberOrName(low, bounds)
    if (highs.length > 1) throw new CronError(`too many hyphens: ${expression}`)
    end = highs.length === 1 ? parseNumberOrName(highs[0]!, bounds) : start
  }
  let step = 1
  if (steps.length > 1) throw new CronError(`too many slashes: ${expression}`)
  if (steps.length === 1) {
    step = parseNumber(steps[0]!)
    // `5/15` is `5-59/15`.
    if (highs.length === 0) end = bounds.max
    if (step > 1) isStar = false
  }
  checkRange(expression, { start, end, step }, bounds)
  const values = new Set<number>()
  for (let value = start; value <= end; value += step) values.add(value)
  return { values, isStar }
}

interface Range {
  readonly start: number
  readonly end: number
  readonly step: number
}

const checkRange = (
  expression: string,
  { start, end, step }: Range,
  { min, max }: Bounds,
): void => {
  if (start < min)
    throw new CronError(`beginning of range (${start}) below minimum (${min}): ${expression}`)
  if (end > max) throw new CronError(`end of range (${end}) above maximum (${max}): ${expression}`)
  if (start > end)
    throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${expression}`)
  if (step === 0) throw new CronError(`step of range should be a positive number: ${expression}`)
}

const parseNumberOrName = (text: string, { names }: Bounds): number => {
  const index = names?.indexOf(text.toLowerCase()) ?? -1
  return index >= 0 && text !== '' ? index : parseNumber(text)
}

const parseNumber = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text))
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`,
    )
  const value = Number(text)
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`)
  return value
}

const MINUTE = 60_000
const DAY = 86_400_000
/** A schedule that fits no day of five years never does (30 February). */
const SEARCHED_DAYS = 5 * 366

/** If either field is a star the other decides, else a day that fits one of them is enough. */
const isDay = (schedule: CronCalendar, day: number, weekday: number): boolean => {
  const { dayOfMonth, dayOfWeek } = schedule
  const [byMonth, byWeek] = [dayOfMonth.values.has(day), dayOfWeek.values.has(weekday)]
  return dayOfMonth.isStar || dayOfWeek.isStar ? byMonth && byWeek : byMonth || byWeek
}

const sorted = (set: FieldSet): readonly number[] => [...set.values].sort((a, b) => a - b)

/** The first tick later than `after` (milliseconds since the epoch); undefined if there is none. */
export const nextCronTime = (schedule: CronSchedule, after: number): number | undefined => {
  if (schedule.kind === 'interval') return after - (after % 1000) + schedule.milliseconds
  const earliest = Math.floor((after + schedule.offset) / MINUTE) * MINUTE + MINUTE
  const [hours, minutes] = [sorted(schedule.hour), sorted(schedule.minute)]
  const firstDay = Math.floor(earliest / DAY) * DAY
  for (let index = 0; index < SEARCHED_DAYS; index++) {
    const midnight = firstDay + index * DAY
    const { month, day, weekday } = civilTime(midnight)
    if (!schedule.month.values.has(month) || !isDay(schedule, day, weekday)) continue
    for (const hour of hours)
      for (const minute of minutes) {
        const tick = midnight + (hour * 60 + minute) * MINUTE
        if (tick >= earliest) return tick - schedule.offset
      }
  }
  return undefined
}
