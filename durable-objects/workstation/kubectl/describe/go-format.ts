// How Go's fmt prints what describers hand to it.
import { civilTime, parseTime } from '#apimachinery/time.ts'
import { formatFloat } from '#kubectl/output/go/float.ts'

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

const two = (n: number): string => String(n).padStart(2, '0')

/** `Mon, 02 Jan 2006 15:04:05 +0000`. A time that is not there is Go's first moment. */
export const rfc1123 = (time: string | null | undefined): string => {
  if (!time) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const t = civilTime(parseTime(time))
  const day = `${WEEKDAYS[t.weekday]!}, ${two(t.day)} ${MONTHS[t.month - 1]!} ${String(t.year).padStart(4, '0')}`
  return `${day} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`
}

/** `2006-01-02 15:04:05 +0000 UTC`: time.Time's String. */
export const goTime = (time: string | null | undefined): string => {
  if (!time) return '0001-01-01 00:00:00 +0000 UTC'
  const t = civilTime(parseTime(time))
  const date = `${String(t.year).padStart(4, '0')}-${two(t.month)}-${two(t.day)}`
  return `${date} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000 UTC`
}

/** `%v` of a list of strings: `[a b]`. */
export const goList = (list: readonly string[] | undefined): string => `[${(list ?? []).join(' ')}]`

/** `%v` of a map of strings: `map[a:b c:d]`. */
export const goMap = (map: Readonly<Record<string, string>> | undefined): string =>
  `map[${Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}:${map![key]!}`)
    .join(' ')}]`

const INT64 = 2 ** 63

/**
 * `%v` of a number of JSON: an int64, or a float64 if it is no whole number or too large for one. Digits that a float does not have
 * came as zeros.
 */
const goNumber = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < INT64) return String(value)
  return formatFloat(value, 'g', undefined)
}

/** `%v` of a value of unstructured JSON. */
export const goValue = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return goNumber(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  const map = value as Readonly<Record<string, unknown>>
  const items = Object.keys(map)
    .sort()
    .map((key) => `${key}:${goValue(map[key])}`)
  return `map[${items.join(' ')}]`
}

/** net.JoinHostPort */
export const hostPort = (host: string, port: string | number): string =>
  /[:%]/.test(host) ? `[${host}]:${port}` : `${host}:${port}`
